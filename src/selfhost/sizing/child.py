"""Load a model in this process, fill its context, and say what it took: `measure`'s child.

    python -m selfhost.sizing.child '{"path": "model.gguf", "context": 2048, ...}'

A process of its own, because memory that an earlier load left behind would be counted.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any


def main() -> int:
    """Print one line of JSON; exit status 1 and a line with `error` if llama.cpp refuses."""
    import psutil
    import xllamacpp

    asked = json.loads(sys.argv[1])
    if asked.get("limit"):
        import resource

        used = psutil.Process().memory_info().vms
        resource.setrlimit(resource.RLIMIT_AS, (used + asked["limit"],) * 2)
    memory = psutil.Process().memory_info
    before = memory().rss
    start = time.perf_counter()
    try:
        server = xllamacpp.Server(_params(xllamacpp, asked))
        loaded, seconds = memory().rss, time.perf_counter() - start
        # A full context, so that every page of the cache and of the buffers has been touched.
        length = max(1, min(asked["fill"], asked["context"] - asked["tokens"] - 8))
        reply = server.handle_completions({
            "prompt": [asked["token"]] * length, "n_predict": asked["tokens"], "temperature": 0,
            "ignore_eos": True, "cache_prompt": False, "stream": False,
        })  # fmt: skip
        if "timings" not in reply:
            raise RuntimeError(str(reply.get("error", reply)))
    except (RuntimeError, ValueError, MemoryError) as error:
        print(json.dumps({"error": " ".join(str(error).split())[:300]}))
        return 1
    timings = reply["timings"]
    print(json.dumps({
        "before": before, "loaded": loaded, "used": memory().rss, "load_seconds": seconds,
        "prompt_per_second": timings["prompt_per_second"],
        "decode_per_second": timings["predicted_per_second"],
    }))  # fmt: skip
    sys.stdout.flush()
    del server
    return 0


def _params(xllamacpp: Any, asked: dict[str, Any]) -> Any:
    p = xllamacpp.CommonParams()
    p.model.path = asked["path"]
    p.n_parallel = asked["slots"]
    p.n_ctx = asked["context"] * asked["slots"]
    p.n_batch = p.n_ubatch = asked["batch"]
    p.cpuparams.n_threads = p.cpuparams_batch.n_threads = asked["threads"]
    kinds = {"f32": "GGML_TYPE_F32", "f16": "GGML_TYPE_F16", "bf16": "GGML_TYPE_BF16",
             "q8_0": "GGML_TYPE_Q8_0", "q4_0": "GGML_TYPE_Q4_0"}  # fmt: skip
    p.cache_type_k = p.cache_type_v = getattr(xllamacpp.ggml_type, kinds[asked["cache"]])
    p.verbosity = -1
    p.fit_params = p.warmup = p.ui = p.endpoint_slots = False
    p.cache_ram_mib = p.n_ctx_checkpoints = 0  # the server's own copies are not the model's
    return p


if __name__ == "__main__":
    sys.exit(main())
