"""Work that need not be done twice: the prefix cache, and speculative decoding, in llama.cpp.

Both are measured on an engine in this process, because only there can they be switched.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selfhost.errors import KitError

DRAFTS = {
    "none": None,
    "a small model": "COMMON_SPECULATIVE_TYPE_DRAFT_SIMPLE",
    "its own text": "COMMON_SPECULATIVE_TYPE_NGRAM_MAP_K",
}


@dataclass(frozen=True)
class Answer:
    """What the engine told: text, counts, milliseconds of reading and of writing.

    `cached` tokens of the prompt were known already; of `drafted` tokens `taken` were kept.
    """

    text: str
    prompt: int
    cached: int
    read_ms: float
    tokens: int
    write_ms: float
    drafted: int = 0
    taken: int = 0


@contextmanager
def engine(
    path: Path, *, context: int = 2048, draft: str = "none", draft_path: Path | None = None,
    draft_length: int = 4,
) -> Iterator[Any]:  # fmt: skip
    """llama.cpp with one slot and one thread. `draft` is one of `DRAFTS`. Raises `KitError`."""
    import xllamacpp

    if draft not in DRAFTS:
        raise KitError(f"There is no draft {draft!r}.", f"one of {', '.join(DRAFTS)}")
    p = xllamacpp.CommonParams()
    p.model.path = str(path)
    p.n_parallel, p.n_ctx = 1, context
    p.cpuparams.n_threads = p.cpuparams_batch.n_threads = 1
    p.verbosity = -1
    p.fit_params = p.warmup = p.ui = p.endpoint_slots = False
    p.cache_ram_mib = p.n_ctx_checkpoints = 0
    p.swa_full = True  # a sliding window forgets the beginning, which a prefix needs
    if kind := DRAFTS[draft]:
        p.speculative.types = [getattr(xllamacpp.common_speculative_type, kind)]
    if draft == "a small model":
        if draft_path is None:
            raise KitError("Which small model shall write the drafts?", "draft_path=...")
        small = p.speculative.draft
        small.mparams.path = str(draft_path)
        small.n_max = draft_length
        small.cpuparams.n_threads = small.cpuparams_batch.n_threads = 1
    try:
        server = xllamacpp.Server(p)
    except (RuntimeError, ValueError) as error:
        raise KitError(f"llama.cpp cannot load {path.name}: {error}.") from error
    try:
        yield server
    finally:
        del server


def ask(server: Any, prompt: str, tokens: int = 48, *, cache: bool = True) -> Answer:
    """One greedy answer of exactly `tokens` tokens. Raises `KitError` on a refusal."""
    reply = server.handle_completions({
        "prompt": prompt, "n_predict": tokens, "temperature": 0, "ignore_eos": True,
        "cache_prompt": cache, "stream": False,
    })  # fmt: skip
    if "timings" not in reply:
        raise KitError(f"llama.cpp refused: {reply.get('error', reply)}.")
    t = reply["timings"]
    return Answer(
        reply["choices"][0]["text"], int(t["prompt_n"]) + int(t["cache_n"]), int(t["cache_n"]),
        float(t["prompt_ms"]), int(t["predicted_n"]), float(t["predicted_ms"]),
        int(t.get("draft_n", 0)), int(t.get("draft_n_accepted", 0)),
    )  # fmt: skip


def per_pass(share: float, length: int) -> float:
    """Tokens that one pass of the large model yields on average.

    `share` of the drafted tokens are right, independently, `length` are drafted each time:
    (1 - a^(k+1)) / (1 - a) (Y. Leviathan, M. Kalman, Y. Matias, "Fast Inference from Transformers
    via Speculative Decoding", ICML 2023, equation 1).
    """
    if not 0 <= share <= 1 or length < 0:
        raise ValueError("a share lies between 0 and 1, a length is not negative")
    return length + 1.0 if share == 1 else (1 - share ** (length + 1)) / (1 - share)


def speed_up(share: float, length: int, cost: float) -> float:
    """How many times as fast: one step of the draft costs `cost` of a step of the large model."""
    return per_pass(share, length) / (length * cost + 1)
