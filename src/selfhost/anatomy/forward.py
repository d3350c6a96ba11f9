"""One step of a Gemma 3 language model, written out in numpy.

For reading, not for speed: no cache, one sequence, float32. It covers what the text models of the
family use (Gemma 3 technical report, arXiv 2503.19786): grouped-query attention with normalised
queries and keys, a sliding window in most layers, two rotary bases, gated GELU, four norms per
layer and one matrix shared by the embedding and the output. Tested against `transformers`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfhost.errors import KitError

Matrix = NDArray[np.floating[Any]]  # float32 throughout


@dataclass
class Trace:
    """What `Gemma3.logits` saw on its way, for looking inside."""

    shapes: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)
    hidden: list[Matrix] = field(default_factory=list)  # last token's vector after each layer
    attention: list[Matrix] = field(default_factory=list)  # (heads, tokens, tokens) per layer

    def saw(self, what: str, x: Matrix) -> None:
        """Note the shape of `x`, and after a layer the vector of the last token."""
        self.shapes.append((what, x.shape))
        if what.startswith("after layer"):
            self.hidden.append(x[-1])


class Gemma3:
    """The weights as numpy arrays, and the arithmetic that uses them."""

    def __init__(self, config: dict[str, Any], weights: dict[str, Matrix]) -> None:
        self.config = config
        self.weights = {name.removeprefix("model."): w for name, w in weights.items()}
        self.layers: int = config["num_hidden_layers"]
        self.width: int = config["hidden_size"]
        self._one_thread = _thread_limit()

    def logits(self, ids: list[int], trace: Trace | None = None) -> Matrix:
        """The score of every token of the vocabulary as the next one, shape (vocabulary,)."""
        with self._one_thread():
            return self.step(ids, trace or Trace())

    def step(self, ids: list[int], trace: Trace) -> Matrix:
        """From token ids to scores; `trace` takes notes on the way."""
        saw = trace.saw
        saw("token ids", np.asarray(ids))
        x = self.weights["embed_tokens.weight"][ids] * np.sqrt(np.float32(self.width))
        saw("a vector for each token", x)
        for layer in range(self.layers):
            look = self._attention(self._norm(x, layer, "input_layernorm"), layer, trace)
            x = x + self._norm(look, layer, "post_attention_layernorm")
            work = self._feed_forward(self._norm(x, layer, "pre_feedforward_layernorm"), layer)
            x = x + self._norm(work, layer, "post_feedforward_layernorm")
            saw(f"after layer {layer + 1}", x)
        scores = self.scores(x[-1])
        saw("a score for each token of the vocabulary", scores)
        return scores

    def scores(self, vector: Matrix) -> Matrix:
        """Compare one token's vector with every token's embedding: (hidden,) -> (vocabulary,)."""
        last = _rms_norm(vector, self.weights["norm.weight"], self.config["rms_norm_eps"])
        output = self.weights.get("lm_head.weight", self.weights["embed_tokens.weight"])
        result: Matrix = output @ last
        return result

    def _of(self, layer: int, name: str) -> Matrix:
        return self.weights[f"layers.{layer}.{name}.weight"]

    def _norm(self, x: Matrix, layer: int, name: str) -> Matrix:
        return _rms_norm(x, self._of(layer, name), self.config["rms_norm_eps"])

    def _attention(self, x: Matrix, layer: int, trace: Trace) -> Matrix:
        """Every token looks at itself and at earlier ones. x and result: (tokens, hidden)."""
        config, tokens = self.config, len(x)
        heads, shared = config["num_attention_heads"], config["num_key_value_heads"]
        kind = config["layer_types"][layer]
        eps = config["rms_norm_eps"]

        def project(name: str, count: int) -> Matrix:  # -> (count, tokens, head_dim)
            flat = x @ self._of(layer, f"self_attn.{name}_proj").T
            return flat.reshape(tokens, count, -1).transpose(1, 0, 2)

        turn = _rotation(tokens, config["head_dim"], config["rope_parameters"][kind]["rope_theta"])
        query = _rms_norm(project("q", heads), self._of(layer, "self_attn.q_norm"), eps)
        key = _rms_norm(project("k", shared), self._of(layer, "self_attn.k_norm"), eps)
        query, key = _rotate(query, *turn), _rotate(key, *turn)
        value = project("v", shared)
        # Grouped queries: several query heads read the same keys and values.
        key, value = (np.repeat(part, heads // shared, axis=0) for part in (key, value))
        scores = (
            query @ key.transpose(0, 2, 1) * np.float32(config["query_pre_attn_scalar"] ** -0.5)
        )
        distance = np.arange(tokens)[:, None] - np.arange(tokens)[None, :]
        hidden = distance < 0  # nobody sees the future
        if kind == "sliding_attention":
            hidden |= distance >= config["sliding_window"]
        weights = _softmax(np.where(hidden, np.float32(-np.inf), scores))
        trace.attention.append(weights)
        mixed = (weights @ value).transpose(1, 0, 2).reshape(tokens, -1)
        result: Matrix = mixed @ self._of(layer, "self_attn.o_proj").T
        return result

    def _feed_forward(self, x: Matrix, layer: int) -> Matrix:
        """The same small network on every token: (tokens, hidden) -> (tokens, hidden)."""
        gate = _gelu(x @ self._of(layer, "mlp.gate_proj").T)
        inner = gate * (x @ self._of(layer, "mlp.up_proj").T)
        result: Matrix = inner @ self._of(layer, "mlp.down_proj").T
        return result


def load(folder: Path, *, half: bool = False) -> Gemma3:
    """Read `config.json` and `model.safetensors` of a Hugging Face style folder.

    `half` rounds every matrix to 16 bits first, as the F16 file of the engine holds them.
    Raises KitError when the folder holds no such model or another architecture.
    """
    from safetensors.numpy import load_file

    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        weights: dict[str, Matrix] = {}
        for name, tensor in load_file(folder / "model.safetensors").items():
            if half and tensor.ndim == 2:
                tensor = tensor.astype(np.float16)
            weights[name] = tensor.astype(np.float32)
    except FileNotFoundError as error:
        missing = Path(str(error.filename)).name if error.filename else "a file"
        raise KitError(
            f"{folder.name} holds no complete model: {missing} is missing.", "selfhost doctor"
        ) from error
    if config.get("model_type") != "gemma3_text":
        raise KitError(
            f"This arithmetic is Gemma 3's, and {folder.name} is {config.get('model_type')!r}.",
            "use the shipped model, models/aprendiz",
        )
    return Gemma3(config, weights)


def reference_logits(folder: Path, ids: list[int]) -> Matrix:
    """The same scores computed by `transformers`, the library most of the field uses."""
    import logging as standard

    import torch

    # transformers imports torchao where it is installed, which tells of CUDA files that a computer
    # without a GPU cannot load.
    for name in ("torchao", "torch.utils._pytree"):
        standard.getLogger(name).setLevel(standard.ERROR)
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    with torch.no_grad():
        scores: Matrix = model(torch.tensor([ids])).logits[0, -1].numpy()
    return scores


def _thread_limit() -> Callable[[], AbstractContextManager[Any]]:
    """A context in which matrix products use one thread.

    These matrices are small: on a busy computer, waiting for a second thread takes ten times
    longer than the arithmetic.
    """
    try:
        from threadpoolctl import ThreadpoolController
    except ImportError:  # only slower without it
        return nullcontext
    controller = ThreadpoolController()
    return lambda: controller.limit(limits=1, user_api="blas")


def _rms_norm(x: Matrix, weight: Matrix, eps: float) -> Matrix:
    """Scale each vector to length about 1 per number, then by the learned (1 + weight)."""
    scale = 1.0 / np.sqrt(np.mean(np.square(x), axis=-1, keepdims=True) + eps)
    result: Matrix = (x * scale * (1.0 + weight)).astype(np.float32)
    return result


def _rotation(tokens: int, head_dim: int, base: float) -> tuple[Matrix, Matrix]:
    """Cosine and sine of the angle by which each position turns each pair of numbers."""
    speed = 1.0 / base ** (np.arange(0, head_dim, 2, dtype=np.float64) / head_dim)
    angle = np.arange(tokens)[:, None] * np.concatenate([speed, speed])[None, :]
    return np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32)


def _rotate(x: Matrix, cos: Matrix, sin: Matrix) -> Matrix:
    half = x.shape[-1] // 2
    turned = np.concatenate([-x[..., half:], x[..., :half]], axis=-1)
    result: Matrix = x * cos + turned * sin
    return result


def _softmax(x: Matrix) -> Matrix:
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    result: Matrix = powers / powers.sum(axis=-1, keepdims=True)
    return result


def _gelu(x: Matrix) -> Matrix:
    """The tanh form of GELU, which Gemma uses."""
    inner = np.float32(0.7978845608) * (x + np.float32(0.044715) * x**3)
    result: Matrix = np.float32(0.5) * x * (1 + np.tanh(inner))
    return result
