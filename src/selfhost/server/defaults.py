"""What each API samples with when the caller says nothing, and how settings are merged.

Ollama's table is api.DefaultOptions of v0.32.10 and later (repeat_penalty was 1.1 up to
v0.32.9); its `/v1` sets temperature and top_p to 1. Every value is sent to the engine, so that
llama.cpp's own defaults (top_p 0.95, min_p 0.05) never slip in.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

OLLAMA: dict[str, Any] = {
    "num_ctx": None,  # the model's, at most 4096
    "num_predict": -1,
    "num_keep": 4,
    "seed": -1,
    "temperature": 0.8,
    "top_k": 40,
    "top_p": 0.9,
    "min_p": 0.0,
    "typical_p": 1.0,
    "repeat_last_n": 64,
    "repeat_penalty": 1.0,
    "presence_penalty": 0.0,
    "frequency_penalty": 0.0,
    "stop": [],
}
OPENAI: dict[str, Any] = {**OLLAMA, "temperature": 1.0, "top_p": 1.0}
SOURCE = {
    "ollama": "Ollama >= 0.32.10, api.DefaultOptions",
    "openai": "Ollama's /v1: temperature and top_p 1.0, the rest as api.DefaultOptions",
}
# Options of Ollama that say how a model is loaded on other hardware, or that its engine has
# dropped. They are accepted, as Ollama accepts them, and change nothing here.
WITHOUT_EFFECT = [
    *("numa", "num_batch", "num_gpu", "main_gpu", "low_vram", "f16_kv", "logits_all"),
    *("vocab_only", "use_mmap", "use_mlock", "embedding_only", "num_thread", "tfs_z"),
    *("penalize_newline", "mirostat", "mirostat_tau", "mirostat_eta"),
]

_SAMPLERS = ["penalties", "top_k", "typ_p", "top_p", "min_p", "temperature"]
_INT = 2**31 - 1


def merge(
    api: Mapping[str, Any], model: Mapping[str, Any], request: Mapping[str, Any], *, pinned: bool
) -> tuple[dict[str, Any], dict[str, str]]:
    """(settings in force, where each came from): request over Modelfile over API default.

    A seed of -1 becomes a random one that is told to the caller, so that an answer can be asked
    for again; `pinned` (reproducible mode) makes it 0 instead.
    """
    settings, origin = dict(api), dict.fromkeys(api, "default")
    for source, values in (("modelfile", model), ("request", request)):
        for name, value in values.items():
            if name in settings and value is not None:
                settings[name], origin[name] = value, source
    if settings["seed"] is None or settings["seed"] < 0:
        settings["seed"] = 0 if pinned else secrets.randbelow(2**31)
        origin["seed"] = "reproducible" if pinned else "random"
    return settings, origin


def to_engine(settings: Mapping[str, Any], n_ctx: int) -> dict[str, Any]:
    """The settings in llama.cpp's words, each one explicit."""
    last = int(settings["repeat_last_n"])
    return {
        "temperature": settings["temperature"],
        "top_k": max(0, min(int(settings["top_k"]), _INT)),
        "top_p": settings["top_p"],
        "min_p": settings["min_p"],
        "typical_p": settings["typical_p"],
        "repeat_last_n": n_ctx if last < 0 else min(last, n_ctx),
        "repeat_penalty": settings["repeat_penalty"],
        "presence_penalty": settings["presence_penalty"],
        "frequency_penalty": settings["frequency_penalty"],
        "seed": int(settings["seed"]) % 2**32,
        "n_predict": max(-1, min(int(settings["num_predict"]), _INT)),
        "stop": [text for text in settings["stop"] if text],
        "samplers": _SAMPLERS,
        "dry_multiplier": 0.0,
        "xtc_probability": 0.0,
        "dynatemp_range": 0.0,
        "mirostat": 0,
    }


def table(reproducible: bool) -> dict[str, Any]:
    """The reply of `GET /selfhost/defaults`."""
    seed = {"seed": 0} if reproducible else {}
    return {
        "order": ["request", "Modelfile PARAMETER", "default of the API"],
        "ollama": {
            "routes": ["/api/generate", "/api/chat"],
            "source": SOURCE["ollama"],
            "sampling": {**OLLAMA, **seed},
        },
        "openai": {
            "routes": ["/v1/chat/completions", "/v1/completions"],
            "source": SOURCE["openai"],
            "sampling": {**OPENAI, **seed},
        },
        "samplers": _SAMPLERS,
        "accepted_without_effect": WITHOUT_EFFECT,
        "context": 'an answer that reaches num_ctx ends with "length"; the context never shifts',
        "reproducible": reproducible,
    }
