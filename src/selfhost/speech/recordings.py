"""The recordings that come with the kit: synthetic voices, held out of oido's training."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from selfhost.errors import KitError
from selfhost.paths import shipped_models
from selfhost.speech.reading import read
from selfhost.speech.sound import Sound


@dataclass(frozen=True)
class Recording:
    """A file, what is said in it (empty: nobody speaks), the language and who speaks.

    `group`: "new voices" (sentences and voices that training left out), "free" (sentences that
    are not of its grammar either) or "silence".
    """

    path: Path
    text: str
    language: str
    voice: str
    group: str

    @property
    def sound(self) -> Sound:
        """Its samples."""
        found = read(self.path)
        return Sound(found.samples, found.rate, self.voice, self.text)


def recordings(language: str | None = None, group: str | None = None) -> list[Recording]:
    """The shipped recordings, chosen by language ("en", "es", "" for silence) and group."""
    folder = shipped_models() / "oido" / "evaluation"
    try:
        rows = json.loads((folder / "clips.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise KitError(
            "The shipped recordings in models/oido/evaluation are missing.",
            "git checkout -- models/oido",
        ) from error
    found = [
        Recording(folder / row["file"], row["text"], row["language"], row["voice"], row["group"])
        for row in rows
    ]
    return [
        each for each in found if language in (None, each.language) and group in (None, each.group)
    ]
