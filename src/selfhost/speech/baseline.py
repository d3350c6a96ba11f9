"""espeak-ng and flite: voices without a neural network, as programs that may be installed.

espeak-ng computes formants by rules (1995 and after, GPL-3.0-or-later, more than a hundred
languages); flite joins recorded pieces (Carnegie Mellon University, BSD-like, English).
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from selfhost.errors import KitError
from selfhost.speech import reading
from selfhost.speech.sound import Sound

_LONGEST = 20_000  # characters given to a program at once
_SECONDS = 120  # a program that needs longer hangs


@cache
def program(name: str) -> str | None:
    """Where espeak-ng or flite is installed, or None."""
    return shutil.which(name)


def require(name: str) -> str:
    """The same; raises `KitError` when it is missing."""
    found = program(name)
    if found is None:
        raise KitError(f"{name} is not installed here.", reading.install_hint(name))
    return found


def missing() -> list[str]:
    """A sentence for each of the two programs that is not installed, with what to do."""
    return [
        f"{name} is not installed here, so its voices are left out. Try: "
        f"{reading.install_hint(name)}"
        for name in ("espeak-ng", "flite")
        if program(name) is None
    ]


def espeak(text: str, language: str, variant: str = "", speed: float = 1.0) -> Sound:
    """Speak with espeak-ng; `variant` is a voice's name such as `es+f5`, default the language's."""
    voice = variant or language
    words = 160 * speed  # words a minute, as in the training of the shipped voices
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.wav"
        command = [require("espeak-ng"), "-v", voice, "-s", f"{words:.0f}", "-w", str(out),
                   "--stdin"]  # fmt: skip
        _run(command, text, f"espeak-ng has no voice {voice!r}", "espeak-ng --voices")
        return _result(out, f"espeak-ng {voice}", text)


def flite(text: str, language: str, voice: str = "slt", speed: float = 1.0) -> Sound:
    """Speak English with flite; voices: slt, rms, awb, kal, kal16."""
    if language != "en":
        raise KitError("flite speaks English only.", 'voice="espeak-ng"')
    if voice not in flite_voices():
        raise KitError(f"flite has no voice {voice!r}.", "flite -lv lists its voices")
    plain = text.encode("ascii", "ignore").decode()
    if not plain.strip():
        raise KitError("flite knows plain English letters only.", 'voice="espeak-ng"')
    with tempfile.TemporaryDirectory() as folder:
        out, source = Path(folder) / "out.wav", Path(folder) / "text.txt"
        source.write_text(plain, encoding="utf-8")
        command = [require("flite"), "-voice", voice, "--setf", f"duration_stretch={1 / speed:g}",
                   "-f", str(source), "-o", str(out)]  # fmt: skip
        _run(command, "", f"flite has no voice {voice!r}", "flite -lv")
        return _result(out, f"flite {voice}", text)


@cache
def flite_voices() -> tuple[str, ...]:
    """Names of flite's voices; empty when it is not installed."""
    if program("flite") is None:
        return ()
    said = subprocess.run(
        [require("flite"), "-lv"], capture_output=True, text=True, timeout=20, errors="replace"
    )
    return tuple(said.stdout.partition(":")[2].split())


@cache
def espeak_voices(language: str) -> tuple[str, ...]:
    """espeak-ng's voice names of a language (`es`, `es-419`); empty when not installed."""
    if program("espeak-ng") is None:
        return ()
    said = subprocess.run(
        [require("espeak-ng"), f"--voices={language}"],
        capture_output=True, text=True, timeout=20, encoding="utf-8", errors="replace",
    )  # fmt: skip
    return tuple(line.split()[1] for line in said.stdout.splitlines()[1:] if line.split())


def _run(command: list[str], text: str, wrong: str, mend: str) -> None:
    if len(text) > _LONGEST:
        raise KitError(f"The text has {len(text)} characters; {_LONGEST} at once are possible.",
                       "give it in parts")  # fmt: skip
    try:
        done = subprocess.run(
            command, input=text, capture_output=True, text=True, encoding="utf-8",
            errors="replace", timeout=_SECONDS,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise KitError(f"{Path(command[0]).name} did not finish in {_SECONDS} s.") from error
    if done.returncode or not Path(command[command.index("-w") + 1] if "-w" in command
                                   else command[-1]).is_file():  # fmt: skip
        reason = (done.stderr or done.stdout).strip().splitlines()
        raise KitError(f"{wrong} ({reason[0][:80] if reason else 'no reason given'}).", mend)


def _result(out: Path, voice: str, text: str) -> Sound:
    sound = reading.read(out, rate=None)
    return Sound(sound.samples, sound.rate, voice, text)
