"""One step of a model in this process, under settings that no HTTP API offers.

Threads and batch sizes are fixed when an engine is loaded, so each call loads one of its own. It
goes through `xllamacpp`, the endpoint's own engine, and needs a GGUF file.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selfhost.errors import KitError


@dataclass(frozen=True)
class Loading:
    """How the engine is loaded; batch sizes in tokens, 8 or more.

    (With a batch of one token llama.cpp's server code aborts the whole process while it loads;
    seen with xllamacpp 2026.10.11549.)
    """

    threads: int = 1
    batch: int = 512
    flash_attention: bool = False
    cache_type: str = "f16"

    def __post_init__(self) -> None:
        if self.batch < 8 or self.threads < 1:
            raise KitError("An engine needs a batch of 8 tokens or more, and a thread.")


def next_token_logprobs(
    gguf: Path, prompts: Sequence[str], loading: Loading, *, top: int = 50
) -> list[dict[int, float]]:
    """For each prompt, the log-probabilities (nats) of its `top` likeliest next tokens, by id.

    `prompts` are complete texts with their template; the engine puts BOS in front where the
    file says so. Raises `KitError` when llama.cpp cannot load the file that way.
    """
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(gguf)
    params.n_parallel = 1
    params.n_ctx = 2048
    params.n_batch = params.n_ubatch = loading.batch
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = loading.threads
    kinds = {"f16": xllamacpp.ggml_type.GGML_TYPE_F16, "f32": xllamacpp.ggml_type.GGML_TYPE_F32}
    params.cache_type_k = params.cache_type_v = kinds[loading.cache_type]
    flash = xllamacpp.llama_flash_attn_type
    params.flash_attn_type = (
        flash.LLAMA_FLASH_ATTN_TYPE_ENABLED
        if loading.flash_attention
        else flash.LLAMA_FLASH_ATTN_TYPE_DISABLED
    )
    params.verbosity = -1
    params.warmup = False
    params.ui = False
    try:
        server = xllamacpp.Server(params)
    except (RuntimeError, ValueError) as error:
        raise KitError(f"llama.cpp cannot load {gguf.name} with {loading}: {error}.") from error
    return [_ask(server, prompt, top) for prompt in prompts]


def _ask(server: Any, prompt: str, top: int) -> dict[int, float]:
    body = {
        "prompt": prompt, "n_predict": 1, "temperature": 0.0, "top_k": 1, "n_probs": top,
        "cache_prompt": False, "stream": False,
    }  # fmt: skip
    data = server.handle_completions(body)
    if "choices" not in data:
        raise KitError(f"llama.cpp refused the prompt: {data.get('error', data)}.")
    content = data["choices"][0]["logprobs"]["content"]
    return {int(each["id"]): float(each["logprob"]) for each in content[0]["top_logprobs"]}


def native_logprobs(gguf: Path, prompts: Sequence[str], *, top: int = 50) -> list[dict[int, float]]:
    """The same as `next_token_logprobs(gguf, prompts, Loading())`, by `llama-cpp-python`.

    That package is compiled where it is installed, for the processor of that machine, while
    `xllamacpp` comes as one build for all. Raises `KitError` when it is not installed.
    """
    try:
        import llama_cpp
        from llama_cpp._utils import suppress_stdout_stderr
    except ImportError:
        raise KitError(
            "llama-cpp-python is not installed here: there is no build for this machine to compare "
            "with.",
            "python -m pip install llama-cpp-python (it compiles for some minutes)",
        ) from None
    import numpy as np

    with suppress_stdout_stderr(disable=False):
        engine = llama_cpp.Llama(
            str(gguf), n_ctx=2048, n_batch=512, n_ubatch=512, n_threads=1, n_threads_batch=1,
            logits_all=True, flash_attn=False, verbose=False,
        )  # fmt: skip
    found = []
    for prompt in prompts:
        ids = engine.tokenize(prompt.encode(), add_bos=True, special=True)
        engine.reset()
        engine.eval(ids)
        row = np.array(engine.scores[len(ids) - 1], dtype=np.float64)
        logprobs = row - row.max() - np.log(np.exp(row - row.max()).sum())
        found.append({int(i): float(logprobs[i]) for i in np.argsort(-logprobs)[:top]})
    engine.close()
    return found


def builds() -> dict[str, str]:
    """Instruction sets that each installed llama.cpp was compiled for, as it tells them itself."""
    import xllamacpp

    found = {"xllamacpp (one build for all machines)": xllamacpp.get_system_info()}
    try:
        import llama_cpp

        told = llama_cpp.llama_print_system_info().decode()
        found["llama-cpp-python (compiled on this machine)"] = told
    except ImportError:
        pass
    return {
        name: ", ".join(
            part.split("=")[0].replace("CPU :", "").strip()
            for part in told.split("|")
            if part.strip().endswith("= 1")
        )
        for name, told in found.items()
    }


def largest_difference(
    a: Sequence[dict[int, float]], b: Sequence[dict[int, float]]
) -> tuple[float, int]:
    """(largest |log p_a - log p_b| over tokens that both list, prompts whose first token differs).

    NaN when they share no token.
    """
    differences = [
        abs(x[token] - y[token]) for x, y in zip(a, b, strict=True) for token in x.keys() & y.keys()
    ]
    parted = sum(
        max(x, key=x.__getitem__) != max(y, key=y.__getitem__) for x, y in zip(a, b, strict=True)
    )
    return max(differences, default=math.nan), parted
