"""llama.cpp in this process, through `xllamacpp` (the endpoint's own engine; a wheel, no compiler).

One slot, no prompt cache: nothing that a neighbour or an earlier prompt could change.
"""

from __future__ import annotations

import contextlib
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
    silent,
)
from selfhost.engines.source import Source
from selfhost.errors import KitError
from selfhost.stackcard.card import Engine as EnginePart
from selfhost.stackcard.card import Model, Serving


class LlamaCpp(Engine):
    """A GGUF file of the weights. `kind`: F32, F16, Q8_0 or Q4_K_M; `cache`: f32 or f16.

    The default keeps keys and values in float32 without flash attention, closest to the
    reference; `cache="f16"` is llama.cpp's own default.
    """

    def __init__(
        self, source: Source, *, kind: str = "F32", cache: str = "f32", threads: int = 1,
        name: str = "", progress: Progress = silent,
    ) -> None:  # fmt: skip
        xllamacpp = need("xllamacpp", "xllamacpp")
        self.name, self.source = name or f"llama.cpp/{kind}", source
        self.kind, self.cache, self.threads = kind, cache, threads
        self.path = convert.gguf(source, kind, progress)
        params = xllamacpp.CommonParams()
        params.model.path = str(self.path)
        params.n_parallel, params.n_ctx = 1, source.context
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
        types = {"f32": xllamacpp.ggml_type.GGML_TYPE_F32, "f16": xllamacpp.ggml_type.GGML_TYPE_F16}
        params.cache_type_k = params.cache_type_v = types[cache]
        params.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
        params.verbosity = -1
        params.fit_params = params.warmup = params.ui = params.endpoint_slots = False
        params.cache_ram_mib = 0
        try:
            self._server: Any = xllamacpp.Server(params)
        except (RuntimeError, ValueError) as error:
            told = str(error).rstrip(". ")
            raise KitError(
                f"{self.name} cannot be loaded ({self.path.name}: {told}).",
                "selfhost engines clean and selfhost models verify, then again",
            ) from error

    def generate_all(
        self, prompts: Sequence[Prompt], settings: Settings = GREEDY,
        progress: Progress = silent,
    ) -> list[Generated]:  # fmt: skip
        check(prompts, settings, self.source.context)
        found = []
        for prompt in prompts:
            found.append(self._one(prompt, settings))
            progress(self.name, len(found), len(prompts))
        return found

    def _one(self, prompt: Prompt, settings: Settings) -> Generated:
        greedy = settings.temperature == 0
        body = {
            "prompt": list(prompt.ids), "n_predict": settings.max_tokens, "n_probs": 5,
            "cache_prompt": False, "stream": False, "temperature": settings.temperature,
            "top_k": 1 if greedy else settings.top_k, "top_p": settings.top_p, "min_p": 0.0,
            "typical_p": 1.0, "seed": settings.seed, "repeat_penalty": settings.repeat_penalty,
            "repeat_last_n": 64, "presence_penalty": 0.0, "frequency_penalty": 0.0,
        }  # fmt: skip
        data = self._server.handle_completions(body)
        if "choices" not in data:
            raise KitError(f"llama.cpp refused the prompt: {data.get('error', data)}.")
        choice = data["choices"][0]
        steps = (choice.get("logprobs") or {}).get("content") or []
        kept = [step for step in steps if step["id"] not in self.source.stops]
        return Generated(
            tuple(int(step["id"]) for step in kept),
            tuple(float(step["logprob"]) for step in kept),
            tuple(tuple(int(o["id"]) for o in step["top_logprobs"][:5]) for step in kept),
            self.source.decode([int(step["id"]) for step in kept]),
            str(choice.get("finish_reason", "")),
        )

    def about(self) -> EnginePart:
        import xllamacpp

        from selfhost.stackcard.collect import engine_of

        version = str(getattr(xllamacpp, "__version__", "")) or _version()
        return engine_of({"name": "llama.cpp", "package": "xllamacpp", "version": version})

    def model(self) -> Model:
        from selfhost.stackcard import model_from_file

        # The file asks for a BOS; here the prompt comes as ids, and none is added.
        return model_from_file(self.path, self.source.name).model_copy(update={"add_bos": False})

    def serving(self) -> Serving:
        return Serving(
            api="in process", context_length=self.source.context, parallel_slots=1,
            threads=self.threads, cache_type_k=self.cache, cache_type_v=self.cache,
            flash_attention="off", prompt_cache=False,
        )  # fmt: skip

    def close(self) -> None:
        with contextlib.suppress(AttributeError):
            del self._server


def _version() -> str:
    from importlib import metadata

    return metadata.version("xllamacpp")
