# SPDX-License-Identifier: MIT
"""Check that the shipped voices are what their card says.

    python -m models.voz.verify            # everything; a minute or two
    python -m models.voz.verify --quick    # without speaking

Needs torch, coqui-tts, openai-whisper and jiwer; espeak-ng and flite to compare with the teachers.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from typing import Any

from models.checking import Check, check_sums, load_tensors, need, run

from .settings import LANGUAGES, coqui_config
from .texts import HERE, sentences

DATA = HERE / "data.json"
EAR = HERE.parent / "oido" / "oido.pt"
SENTENCES, SEED = 4000, 1
SAMPLE = 8
# Griffin-Lim starts from random phases, and a sentence heard differently is a tenth of the sample.
TOLERANCE = 0.12
SLOWEST = 0.5


def text_digests() -> dict[str, str]:
    """sha256 of all sentences that the voices learned from."""
    texts = {name: "\n".join(sentences(name, SENTENCES, SEED)) for name in LANGUAGES}
    return {name: hashlib.sha256(text.encode("utf-8")).hexdigest() for name, text in texts.items()}


def check_data() -> str:
    """The generator makes the sentences that the voices learned from."""
    wanted: dict[str, str] = json.loads(DATA.read_text(encoding="utf-8"))
    got = text_digests()
    for name, value in wanted.items():
        need(got[name] == value, f"the sentences of {name} differ")
    return f"{SENTENCES} sentences each: {', '.join(wanted)}"


def check_settings() -> str:
    """Coqui's configuration is the one that the code describes, and the tensors fit it."""
    from .network import build

    counts = []
    for language in LANGUAGES:
        text = (HERE / f"voz-{language}.json").read_text(encoding="utf-8")
        need(json.loads(text) == coqui_config(language), f"voz-{language}.json differs")
        state = load_tensors(HERE / f"voz-{language}.pth")["model"]
        own = build(language).state_dict()
        need(set(own) == set(state), f"voz-{language}.pth holds other tensors")
        for name, value in state.items():
            need(value.shape == own[name].shape, f"voz-{language}.pth: {name} has another shape")
        counts.append(sum(value.numel() for value in state.values()))
    return f"{counts[0]:,} parameters in each voice"


def check_round_trip(language: str, threads: int) -> str:
    """Spoken through Coqui's TTS(model_path=...), written down by oido: as the card says."""
    import torch

    from .evaluate import Trial, round_trip_rate, summary, texts, try_voice, whisper_ear

    torch.set_num_threads(threads)
    path = HERE / f"evaluation-{language}.json"
    published: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["trials"]
    chosen = texts(language, SAMPLE)[:SAMPLE]
    then = [Trial(**row) for row in published if row["group"] == "grammar"][:SAMPLE]
    same = [row.text for row in then] == [sentence.written for _, sentence in chosen]
    need(same, "the generator drew other sentences than those of the card")
    trials = try_voice(HERE, language, whisper_ear(EAR, language), chosen, teacher=False)
    got, wanted = round_trip_rate(trials, language), round_trip_rate(then, language)
    need(abs(got - wanted) <= TOLERANCE, f"word error rate {got:.1%}, then {wanted:.1%}")
    factor = summary(trials, language)["processor_time_factor"]
    need(factor < SLOWEST, f"a second of speech took {factor} seconds of processor time")
    return f"word error rate {got:.1%} (then {wanted:.1%}), processor time factor {factor}"


def checks(*, quick: bool, threads: int) -> dict[str, Check]:
    """What is checked, by name."""
    found: dict[str, Check] = {
        "checksums": lambda: check_sums(HERE),
        "data": check_data,
        "settings": check_settings,
    }
    if not quick:
        found["round trip, en"] = lambda: check_round_trip("en", threads)
        found["round trip, es"] = lambda: check_round_trip("es", threads)
    return found


def main(argv: list[str] | None = None) -> int:
    """The command line; the exit status is the number of failed checks."""
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    p.add_argument("--quick", action="store_true", help="do not speak")
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--write-data", action="store_true", help="write data.json, before a training")
    a = p.parse_args(argv)
    if a.write_data:
        DATA.write_text(json.dumps(text_digests(), indent=1) + "\n", encoding="utf-8")
        return 0
    return run(checks(quick=a.quick, threads=a.threads))


if __name__ == "__main__":
    raise SystemExit(main())
