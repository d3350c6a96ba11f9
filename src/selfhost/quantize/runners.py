"""Run a model over rows of tokens and get every score: through llama.cpp, or through transformers.

Both give logits of shape (tokens, vocabulary) per row, float32. llama.cpp runs with its most exact
settings (keys and values in float32, no flash attention), so that the weights are what differs.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from selfhost import weights
from selfhost.errors import KitError
from selfhost.quantize import items, llamacpp, torchside

LENGTH = 256  # tokens of a row
Logits = NDArray[np.float32]


@dataclass(frozen=True)
class Speed:
    """Seconds to load; tokens per second read (a prompt) and written (one after another)."""

    load: float
    prompt: float
    decode: float


class Runner(Protocol):
    """A loaded model."""

    threads: int

    def tokens(self, text: str) -> list[int]:
        """Ids of a text, turn markers as markers, without BOS."""

    def logits(self, row: Sequence[int]) -> Logits:
        """Scores of every next token: (len(row), vocabulary)."""

    def speed(self, row: Sequence[int]) -> Speed:
        """Measured two or three times; the medians."""

    def answers(self, chats: Sequence[list[dict[str, str]]]) -> list[str]:
        """The greedy answer to each chat."""


class _Closing:
    """What makes a `with` statement close it."""

    def close(self) -> None:
        """Give the memory back."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()


class LlamaCpp(_Closing):
    """A GGUF file in llama.cpp, through llama-cpp-python. Use it in a `with` statement.

    Raises `KitError` when the package is missing or the file cannot be loaded.
    """

    def __init__(self, path: Path) -> None:
        llamacpp.need()
        self.path = Path(path)
        self.info = weights.read_tensors(self.path)
        self.threads = llamacpp.threads(self.info.parameters)
        self._model: Any = None

    def close(self) -> None:
        """Give the memory back."""
        if self._model is not None:
            self._model.close()
            self._model = None

    def _open(self, *, every: bool) -> Any:
        """llama.cpp with the file; `every`: keep the scores of every position, not of the last."""
        import llama_cpp

        said: list[str] = []
        with llamacpp.listening(said.append):
            try:
                return llama_cpp.Llama(
                    str(self.path), n_ctx=2 * LENGTH, n_batch=LENGTH, n_ubatch=LENGTH,
                    logits_all=every, type_k=0, type_v=0, flash_attn=False,
                    n_threads=self.threads, n_threads_batch=self.threads, verbose=False,
                )  # fmt: skip
            except (ValueError, RuntimeError, MemoryError) as error:
                last = next((line for line in reversed(said) if "fail" in line.lower()), str(error))
                raise KitError(f"llama.cpp cannot load {self.path.name}: {last.strip()}") from error

    @property
    def model(self) -> Any:
        """The loaded model, with every position's scores."""
        if self._model is None:
            self._model = self._open(every=True)
        return self._model

    def tokens(self, text: str) -> list[int]:
        found: list[int] = self.model.tokenize(text.encode(), add_bos=False, special=True)
        return found

    @property
    def ends(self) -> tuple[int, int]:
        """The ids of BOS and EOS."""
        return int(self.model.token_bos()), int(self.model.token_eos())

    def logits(self, row: Sequence[int]) -> Logits:
        model = self.model
        model.reset()
        model.eval(list(row))
        return np.array(model.scores[: len(row)], np.float32)

    def speed(self, row: Sequence[int]) -> Speed:
        loads, prompts, decodes = [], [], []
        for _ in range(3):
            start = time.perf_counter()
            model = self._open(every=False)
            loads.append(time.perf_counter() - start)
            try:
                start = time.perf_counter()
                model.eval(list(row))
                middle = time.perf_counter()
                for token in row[:32]:
                    model.eval([token])
                prompts.append(len(row) / (middle - start))
                decodes.append(32 / (time.perf_counter() - middle))
            finally:
                model.close()
        return Speed(*(statistics.median(each) for each in (loads, prompts, decodes)))

    def answers(self, chats: Sequence[list[dict[str, str]]]) -> list[str]:
        """Through the endpoint's engine, xllamacpp, eight at a time."""
        import xllamacpp

        params = xllamacpp.CommonParams()
        params.model.path = str(self.path)
        params.n_parallel, params.n_ctx = 8, 8 * 512
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = self.threads
        params.verbosity = -1
        params.warmup = params.ui = params.fit_params = False
        params.cache_ram_mib = 0
        try:
            server = xllamacpp.Server(params)
        except (RuntimeError, ValueError) as error:
            raise KitError(f"llama.cpp cannot load {self.path.name}: {error}.") from error

        def ask(messages: list[dict[str, str]]) -> str:
            data = server.handle_chat_completions({
                "messages": messages, "temperature": 0, "max_tokens": 120, "cache_prompt": False,
            })  # fmt: skip
            if "choices" not in data:
                raise KitError(f"llama.cpp refused a question: {data.get('error', data)}.")
            return str(data["choices"][0]["message"]["content"])

        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(ask, chats))


class Transformers(_Closing):
    """A folder of `torchside.prepare` in transformers; one thread, on the CPU."""

    threads = 1

    def __init__(self, source: Path, variant: str) -> None:
        from transformers import AutoTokenizer

        self.variant = variant
        self.folder = torchside.prepare(source, variant)
        with torchside.quiet():
            self.tokenizer: Any = AutoTokenizer.from_pretrained(source)
        self.source = source
        self.model = torchside.open_variant(self.folder, variant, source)

    def tokens(self, text: str) -> list[int]:
        found: list[int] = self.tokenizer(text, add_special_tokens=False)["input_ids"]
        return found

    @property
    def ends(self) -> tuple[int, int]:
        """The ids of BOS and EOS."""
        return int(self.tokenizer.bos_token_id), int(self.tokenizer.eos_token_id)

    def logits(self, row: Sequence[int]) -> Logits:
        import torch

        with torch.no_grad(), torchside.one_thread():
            found: Logits = self.model(torch.tensor([list(row)])).logits[0].float().numpy()
        return found

    def speed(self, row: Sequence[int]) -> Speed:
        import torch

        prompts, decodes = [], []
        # Once more, since the first time imported half of transformers.
        start = time.perf_counter()
        torchside.open_variant(self.folder, self.variant, self.source)
        load = time.perf_counter() - start
        with torch.no_grad(), torchside.one_thread():
            for _ in range(2):
                start = time.perf_counter()
                past = self.model(torch.tensor([list(row)]), use_cache=True).past_key_values
                middle = time.perf_counter()
                for token in row[:8]:
                    past = self.model(torch.tensor([[token]]), past_key_values=past).past_key_values
                prompts.append(len(row) / (middle - start))
                decodes.append(8 / (time.perf_counter() - middle))
        return Speed(load, statistics.median(prompts), statistics.median(decodes))

    def answers(self, chats: Sequence[list[dict[str, str]]]) -> list[str]:
        """All at once, as one batch, padded on the left."""
        import torch

        texts = [
            self.tokenizer.apply_chat_template(c, tokenize=False, add_generation_prompt=True)
            for c in chats
        ]
        batch = self.tokenizer(
            texts, return_tensors="pt", padding=True, padding_side="left", add_special_tokens=False
        )
        stop = [self.ends[1], self.tokenizer.convert_tokens_to_ids("<end_of_turn>")]
        with torch.no_grad(), torchside.one_thread(), torchside.quiet():
            ids = self.model.generate(
                input_ids=batch["input_ids"], attention_mask=batch["attention_mask"],
                max_new_tokens=120, do_sample=False, eos_token_id=stop,
                pad_token_id=self.tokenizer.pad_token_id,
            )  # fmt: skip
        new = ids[:, batch["input_ids"].shape[1] :]
        return [str(text) for text in self.tokenizer.batch_decode(new, skip_special_tokens=True)]


def score(runner: Runner, questions: Sequence[items.Item]) -> float:
    """The share of right answers."""
    texts = runner.answers([items.chat(item) for item in questions])
    return sum(map(items.right, questions, texts)) / len(questions)
