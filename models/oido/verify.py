# SPDX-License-Identifier: MIT
"""Check that oido's shipped files are what its card says.

    python -m models.oido.verify            # everything; minutes
    python -m models.oido.verify --quick    # without hearing recordings again

Needs torch, openai-whisper, jiwer, safetensors and scipy; espeak-ng and flite for new recordings.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from models.checking import Check, Skipped, check_sums, load_tensors, need, run

from .grammar import HERE, LANGUAGES, Grammar, Sentence, draw

WEIGHTS, TENSORS = HERE / "oido.pt", HERE / "oido.safetensors"
DATA = HERE / "data.json"
PUBLISHED = HERE / "evaluation.json"
FRESH = HERE / "evaluation-fresh.json"
TEXTS = 2000
SAMPLE = 10
# Rounding differs between processors: one sentence of a small sample may be heard differently.
TOLERANCE = 0.05


def text_digests() -> dict[str, str]:
    """sha256 of sentences that the generators draw, by kind and language."""
    from .answers import answer_sentence
    from .loose import loose_sentence

    found = {}
    for language in LANGUAGES:
        grammar = Grammar.load(language)
        makers: dict[str, Callable[[random.Random], Sentence]] = {
            "grammar": partial(draw, grammar),
            "loose": partial(loose_sentence, grammar),
            "answers": partial(answer_sentence, language),
        }
        for kind, make in makers.items():
            rng = random.Random(f"verify-{kind}-{language}")
            drawn = (make(rng) for _ in range(TEXTS))
            lines = [f"{s.written}\t{s.spoken}\n" for s in drawn]
            text = "".join(lines).encode("utf-8")
            found[f"{kind}-{language}"] = hashlib.sha256(text).hexdigest()
    return found


def check_data() -> str:
    """The generators draw the same sentences as when the model was trained."""
    wanted: dict[str, str] = json.loads(DATA.read_text(encoding="utf-8"))
    got = text_digests()
    for name, value in wanted.items():
        need(got.get(name) == value, f"the sentences {name} differ")
    return ", ".join(wanted)


def check_loading() -> str:
    """whisper.load_model takes the checkpoint; the safetensors file holds the same numbers."""
    import torch
    import whisper
    from safetensors.torch import load_file

    from .export import TABLE, expand

    stored = load_tensors(WEIGHTS)
    model = whisper.load_model(str(WEIGHTS), device="cpu")
    values = load_file(TENSORS)
    values[TABLE] = expand(values[TABLE], values.pop("vocabulary_ids").tolist())
    state = stored["model_state_dict"]
    need(set(values) == set(state), "the two files hold different tensors")
    for name, value in values.items():
        need(torch.equal(value, state[name]), f"{name} differs between the two files")
    count = sum(value.numel() for value in model.parameters())
    return f"{count:,} parameters with the rows that are zero, {len(values)} tensors"


def _rates(answers: Iterable[Any]) -> dict[str, float]:
    from .evaluate import summary

    scores = summary(list(answers)).items()
    return {name: s.exact if s.word_error_rate is None else s.word_error_rate for name, s in scores}


def _compare(got: dict[str, float], wanted: dict[str, float]) -> str:
    for name, value in got.items():
        near = abs(value - wanted[name]) <= TOLERANCE
        need(near, f"{name}: {value:.1%}, the card's recordings got {wanted[name]:.1%}")
    return ", ".join(f"{name} {value:.1%}" for name, value in got.items())


def _heard(path: Any) -> list[Any]:
    from .evaluate import Answer

    report = json.loads(path.read_text(encoding="utf-8"))
    return [Answer(**row) for row in report["answers"]]


def check_recordings(threads: int) -> str:
    """The shipped recordings are heard as published: word error rates, language, silence."""
    import torch
    import whisper

    from .clips import read_folder
    from .evaluate import listen

    torch.set_num_threads(threads)
    answers = listen(whisper.load_model(str(WEIGHTS), device="cpu"), read_folder())
    wrong = [a.text for a in answers if a.language and a.language != a.detected]
    need(len(wrong) <= 1, f"taken for the other language: {wrong}")
    names = [name for name in _rates(answers) if not name.startswith("voice ")]
    wanted, got = _rates(_heard(PUBLISHED)), _rates(answers)
    return _compare({name: got[name] for name in names}, wanted)


def check_new_sentences(threads: int) -> str:
    """Some sentences of the card's table, spoken again, are heard as then."""
    import torch
    import whisper

    from .clips import NEW_VOICES, Clip, grammar_clips
    from .evaluate import listen
    from .synth import SynthesisError

    clips: list[Clip] = []
    try:
        for language in LANGUAGES:
            clips += grammar_clips(NEW_VOICES, language, SAMPLE, seed=1)
    except SynthesisError as error:
        raise Skipped(str(error)) from None
    torch.set_num_threads(threads)
    answers = listen(whisper.load_model(str(WEIGHTS), device="cpu"), clips)
    texts = {(a.language, a.text) for a in answers}
    then = [a for a in _heard(FRESH) if a.group == NEW_VOICES and (a.language, a.text) in texts]
    need(len(then) == len(answers), "the generator drew other sentences than those of the card")
    got, wanted = _rates(answers), _rates(then)
    names = [name for name in got if not name.startswith("voice ")]
    return _compare({name: got[name] for name in names}, wanted)


def checks(*, quick: bool, threads: int) -> dict[str, Check]:
    """What is checked, by name."""
    found: dict[str, Check] = {
        "checksums": lambda: check_sums(HERE),
        "data": check_data,
        "loading": check_loading,
    }
    if not quick:
        found["recordings"] = lambda: check_recordings(threads)
        found["new sentences"] = lambda: check_new_sentences(threads)
    return found


def main(argv: list[str] | None = None) -> int:
    """The command line; the exit status is the number of failed checks."""
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    p.add_argument("--quick", action="store_true", help="do not hear recordings again")
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--write-data", action="store_true", help="write data.json, before a training")
    a = p.parse_args(argv)
    if a.write_data:
        DATA.write_text(json.dumps(text_digests(), indent=1) + "\n", encoding="utf-8")
        return 0
    return run(checks(quick=a.quick, threads=a.threads))


if __name__ == "__main__":
    raise SystemExit(main())
