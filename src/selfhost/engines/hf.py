"""transformers: the reference. Float32 and eager attention; sdpa and bfloat16 as conditions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

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
    quiet,
    silent,
    top5_of,
)
from selfhost.engines.source import Source
from selfhost.stackcard.card import Engine as EnginePart
from selfhost.stackcard.card import Model, Serving


class Transformers(Engine):
    """`model.generate` of transformers. `batch` prompts at a time, padded in front."""

    def __init__(
        self, source: Source, *, attention: str = "eager", dtype: str = "float32",
        batch: int = 16, threads: int = 1, name: str = "transformers",
    ) -> None:  # fmt: skip
        torch = need("torch", "torch")
        transformers = need("transformers", "transformers")
        self.name, self.source = name, source
        self.attention, self.dtype = attention, dtype
        self.batch, self.threads = batch, threads
        transformers.utils.logging.disable_progress_bar()
        with quiet():
            self._model: Any = transformers.AutoModelForCausalLM.from_pretrained(
                source.folder, dtype=getattr(torch, dtype), attn_implementation=attention
            ).eval()

    def generate_all(
        self, prompts: Sequence[Prompt], settings: Settings = GREEDY,
        progress: Progress = silent,
    ) -> list[Generated]:  # fmt: skip
        check(prompts, settings, self.source.context)
        order = sorted(range(len(prompts)), key=lambda n: len(prompts[n].ids))
        done: dict[int, Generated] = {}
        for start in range(0, len(order), self.batch):
            some = order[start : start + self.batch]
            with quiet():
                answers = self._together([prompts[n].ids for n in some], settings)
            done |= zip(some, answers, strict=True)
            progress(self.name, len(done), len(prompts))
        return [done[n] for n in range(len(prompts))]

    def _together(self, rows: list[tuple[int, ...]], settings: Settings) -> list[Generated]:
        import torch

        width = max(map(len, rows))
        ids = torch.tensor([[0] * (width - len(row)) + list(row) for row in rows])
        mask = torch.tensor([[0] * (width - len(row)) + [1] * len(row) for row in rows])
        drawing: dict[str, Any] = {"do_sample": False}
        if settings.temperature:
            torch.manual_seed(settings.seed)
            drawing = {"do_sample": True, "temperature": settings.temperature,
                       "top_k": settings.top_k, "top_p": settings.top_p}  # fmt: skip
        with _threads(self.threads), torch.inference_mode():
            out = self._model.generate(
                input_ids=ids, attention_mask=mask, max_new_tokens=settings.max_tokens,
                repetition_penalty=settings.repeat_penalty, pad_token_id=0,
                eos_token_id=list(self.source.stops), return_dict_in_generate=True,
                output_logits=True, **drawing,
            )  # fmt: skip
        # out.logits: one [batch, vocabulary] per step, as the model gave them, before any penalty
        logits = torch.stack(out.logits, dim=1).float().numpy()
        return [
            self._answer(row, scores)
            for row, scores in zip(out.sequences[:, width:].tolist(), logits, strict=True)
        ]

    def _answer(self, tokens: list[int], logits: Any) -> Generated:
        ends = [n for n, token in enumerate(tokens) if token in self.source.stops]
        taken = tokens[: ends[0]] if ends else tokens
        steps = [top5_of(row) for row in logits[: len(taken)]]
        return Generated(
            tuple(taken),
            tuple(float(lp[token]) for token, (_, lp) in zip(taken, steps, strict=True)),
            tuple(top5 for top5, _ in steps),
            self.source.decode(taken),
            "stop" if ends else "length",
        )

    def about(self) -> EnginePart:
        import torch

        build = {"attention": self.attention, "dtype": self.dtype, "torch": torch.__version__}
        told = package("transformers")
        return EnginePart(name="transformers", version=told.split()[-1], package=told, build=build)

    def model(self) -> Model:
        kind = {"float32": "F32", "bfloat16": "BF16"}.get(self.dtype, self.dtype)
        return self.source.model(kind, kind)

    def serving(self) -> Serving:
        return Serving(
            api="in process", context_length=self.source.context, parallel_slots=self.batch,
            threads=self.threads, prompt_cache=False,
        )  # fmt: skip

    def close(self) -> None:
        self._model = None


@contextmanager
def _threads(count: int) -> Iterator[None]:
    """Torch with so many threads, and then as before.

    One by default: with a small model a second thread only waits, and on a busy computer it costs
    several times what it saves.
    """
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
