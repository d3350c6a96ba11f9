"""Measure one engine in this process: `measure`'s child, one line of JSON on stdout.

    python -m selfhost.serving.child '{"engine": "llama.cpp", "batches": [1, 2], "tokens": 64}'

A process of its own, since what an earlier engine left in memory, and its threads, would count.
All engines: one thread, greedy, answers of exactly `tokens` tokens, the end token ignored.
Speeds are by the process's own processor time, which with one thread is what a clock would show
on a machine that does nothing else; a classroom's laptops always do something else.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

Decode = Callable[[int], None]  # one batch of so many sequences, `tokens` tokens each
Read = Callable[[], None]  # a long prompt, one token


def main() -> int:
    """Print the figures, or one line with `error` and exit 1."""
    import psutil

    from selfhost.engines.source import shipped

    asked = json.loads(sys.argv[1])
    make = {"llama.cpp": _llama, "transformers": _transformers, "CTranslate2": _ctranslate2}
    memory = psutil.Process().memory_info
    source = shipped()
    # Two tokens only: what is measured here is writing, and each sequence reads its prompt, too.
    short = source.encode("Once", add_bos=True)
    text = source.encode(source.render([{"role": "user", "content": "Tell me a story."}]))
    long = (text * 64)[: asked["prompt"]]
    try:
        start = time.perf_counter()
        before = memory().rss
        load = make[asked["engine"]](source, asked, list(short), list(long))
        imported = time.perf_counter() - start
        start = time.perf_counter()
        decode, read, weights = load()
        loaded = time.perf_counter() - start
        decode(1)  # warm
        rows = [_row(decode, n, asked["tokens"], asked["repeats"]) for n in asked["batches"]]
        prompt = asked["prompt"] / min(_seconds(read) for _ in range(asked["repeats"]))
    except Exception as error:  # whatever an engine raises: the parent says it in a sentence
        print(json.dumps({"error": f"{type(error).__name__}: {error}"[:300]}))
        return 1
    print(json.dumps({
        "import_seconds": imported, "load_seconds": loaded, "memory": memory().rss - before,
        "weights": weights, "prompt_per_second": prompt, "decode": rows,
    }))  # fmt: skip
    sys.stdout.flush()
    return 0


def _seconds(work: Callable[[], None]) -> float:
    start = time.process_time()
    work()
    return max(time.process_time() - start, 1e-6)


def _row(decode: Decode, batch: int, tokens: int, repeats: int) -> list[float]:
    """[sequences, tokens per second in all]; the best of the repeats: others only slow it."""
    best = min(_seconds(lambda: decode(batch)) for _ in range(repeats))
    return [batch, batch * tokens / best]


def _llama(source: Any, asked: dict[str, Any], short: list[int], long: list[int]) -> Any:
    import xllamacpp

    path = Path(asked["path"] or source.folder / f"{source.name}-F16.gguf")
    slots = max(asked["batches"])

    def load() -> tuple[Decode, Read, int]:
        p = xllamacpp.CommonParams()
        p.model.path = str(path)
        p.n_parallel, p.kv_unified = slots, True
        p.n_ctx = max(slots * (len(short) + asked["tokens"] + 8), asked["prompt"] + 64)
        p.n_batch = p.n_ubatch = 512
        p.cpuparams.n_threads = p.cpuparams_batch.n_threads = 1
        p.verbosity = -1
        p.fit_params = p.warmup = p.ui = p.endpoint_slots = False
        p.cache_ram_mib = p.n_ctx_checkpoints = 0
        server = xllamacpp.Server(p)
        pool = ThreadPoolExecutor(slots)

        def one(prompt: list[int], tokens: int) -> None:
            reply = server.handle_completions({
                "prompt": prompt, "n_predict": tokens, "temperature": 0, "ignore_eos": True,
                "cache_prompt": False, "stream": False,
            })  # fmt: skip
            if "choices" not in reply:
                raise RuntimeError(str(reply.get("error", reply)))

        def decode(batch: int) -> None:
            list(pool.map(lambda _: one(short, asked["tokens"]), range(batch)))

        return decode, lambda: one(long, 1), path.stat().st_size

    return load


def _transformers(source: Any, asked: dict[str, Any], short: list[int], long: list[int]) -> Any:
    import torch

    from selfhost.engines.base import quiet

    with quiet():
        import transformers
        from transformers import AutoModelForCausalLM

    transformers.utils.logging.disable_progress_bar()
    torch.set_num_threads(1)

    def load() -> tuple[Decode, Read, int]:
        with quiet():
            model: Any = AutoModelForCausalLM.from_pretrained(
                source.folder, dtype=torch.float32
            ).eval()
        model.generation_config.eos_token_id = None

        def run(prompt: list[int], batch: int, tokens: int) -> None:
            ids = torch.tensor([prompt] * batch)
            with quiet(), torch.inference_mode():
                model.generate(
                    input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=tokens,
                    do_sample=False, pad_token_id=0,
                )  # fmt: skip

        size = sum(p.numel() * p.element_size() for p in model.parameters())
        return lambda n: run(short, n, asked["tokens"]), lambda: run(long, 1, 1), size

    return load


def _ctranslate2(source: Any, asked: dict[str, Any], short: list[int], long: list[int]) -> Any:
    import ctranslate2

    from selfhost.engines import convert

    folder = convert.ctranslate2(source)

    def load() -> tuple[Decode, Read, int]:
        model = ctranslate2.Generator(
            str(folder), device="cpu", compute_type="float32", inter_threads=1, intra_threads=1
        )
        piece = source.tokenizer.id_to_token

        def run(prompt: list[int], batch: int, tokens: int) -> None:
            model.generate_batch(
                [[piece(i) for i in prompt]] * batch, max_length=tokens, min_length=tokens,
                sampling_topk=1, include_prompt_in_result=False, end_token=list(source.stops),
            )  # fmt: skip

        size = (folder / "model.bin").stat().st_size
        return lambda n: run(short, n, asked["tokens"]), lambda: run(long, 1, 1), size

    return load


if __name__ == "__main__":
    sys.exit(main())
