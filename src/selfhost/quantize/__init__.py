"""Quantization: number formats by hand, llama.cpp's quantizer, and what is lost by it.

`formats` and `blocks`: by hand, for reading. `convert`: GGUF files by llama.cpp. `torchside`: the
same weights in transformers. `runners`, `measures`, `items`, `study`: load, speed, perplexity,
divergence, score, kept by hash. `importance`: which weights matter. `pictures`: what it looks
like. Heavy libraries are imported where they are used.
"""
