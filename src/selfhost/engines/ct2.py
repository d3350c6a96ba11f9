"""CTranslate2, in float32 or int8."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from selfhost.engines import convert
from selfhost.engines.base import (
    GREEDY,
    Engine,
    Generated,
    Progress,
    Prompt,
    Settings,
    check,
    need,
    package,
    silent,
    top5_of,
)
from selfhost.engines.source import Source
from selfhost.stackcard.card import Engine as EnginePart
from selfhost.stackcard.card import Model, Serving


class CTranslate2(Engine):
    """`compute`: float32 or int8 (matrices rounded to 8 bits as they are loaded).

    Prompts longer than a layer's sliding window are read in pieces, and CTranslate2 4.8.5 then
    computes something else than the other engines do: with `aprendiz` (window of 512 tokens) the
    first token's log-probability is off by some hundredths of a nat from 514 tokens on, and equal
    to 1e-5 up to 513. Notebook 15 shows it.
    """

    def __init__(
        self, source: Source, *, compute: str = "float32", batch: int = 16, threads: int = 1,
        name: str = "", progress: Progress = silent,
    ) -> None:  # fmt: skip
        ctranslate2 = need("ctranslate2", "ctranslate2")
        self.name, self.source = name or f"ctranslate2/{compute}", source
        self.compute, self.batch, self.threads = compute, batch, threads
        self._folder = convert.ctranslate2(source, progress)
        self._library: Any = ctranslate2
        self._generator: Any = self._loaded()

    def _loaded(self) -> Any:
        return self._library.Generator(
            str(self._folder), device="cpu", compute_type=self.compute, inter_threads=1,
            intra_threads=self.threads,
        )  # fmt: skip

    def generate_all(
        self, prompts: Sequence[Prompt], settings: Settings = GREEDY,
        progress: Progress = silent,
    ) -> list[Generated]:  # fmt: skip
        check(prompts, settings, self.source.context)
        if settings.temperature:
            # A worker takes the seed when it draws for the first time, and never again.
            self._library.set_random_seed(settings.seed)
            self._generator = self._loaded()
        # Only prompts of one length share a batch: of others, CTranslate2 would read the end token
        # by token, and count these steps as part of the answer.
        lengths: dict[int, list[int]] = {}
        for number, prompt in enumerate(prompts):
            lengths.setdefault(len(prompt.ids), []).append(number)
        done: dict[int, Generated] = {}
        for numbers in lengths.values():
            for start in range(0, len(numbers), self.batch):
                some = numbers[start : start + self.batch]
                done |= zip(some, self._together([prompts[n] for n in some], settings), strict=True)
                progress(self.name, len(done), len(prompts))
        return [done[n] for n in range(len(prompts))]

    def _together(self, prompts: list[Prompt], settings: Settings) -> list[Generated]:
        piece = self.source.tokenizer.id_to_token
        drawing: dict[str, Any] = {"sampling_topk": 1}
        if settings.temperature:
            drawing = {"sampling_topk": settings.top_k, "sampling_topp": settings.top_p,
                       "sampling_temperature": settings.temperature}  # fmt: skip
        results = self._generator.generate_batch(
            [[piece(i) for i in prompt.ids] for prompt in prompts],
            max_length=settings.max_tokens, include_prompt_in_result=False,
            end_token=list(self.source.stops), return_logits_vocab=True,
            repetition_penalty=settings.repeat_penalty, **drawing,
        )  # fmt: skip
        return [self._answer(result, settings) for result in results]

    def _answer(self, result: Any, settings: Settings) -> Generated:
        import numpy as np

        tokens = [int(i) for i in result.sequences_ids[0]]
        steps = [top5_of(np.array(row)) for row in result.logits[0][: len(tokens)]]
        return Generated(
            tuple(tokens),
            tuple(float(lp[token]) for token, (_, lp) in zip(tokens, steps, strict=True)),
            tuple(top5 for top5, _ in steps),
            self.source.decode(tokens),
            "stop" if len(tokens) < settings.max_tokens else "length",
        )

    def about(self) -> EnginePart:
        told = package("ctranslate2")
        build: dict[str, str | int | bool] = {"compute_type": self.compute}
        return EnginePart(name="CTranslate2", version=told.split()[-1], package=told, build=build)

    def model(self) -> Model:
        return self.source.model("I8" if self.compute == "int8" else "F32", "F32")

    def serving(self) -> Serving:
        return Serving(
            api="in process", context_length=self.source.context, parallel_slots=self.batch,
            threads=self.threads, prompt_cache=False,
        )  # fmt: skip

    def close(self) -> None:
        self._generator = None
