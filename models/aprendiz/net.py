# SPDX-License-Identifier: MIT
"""Gemma 3 (text) in plain torch, for training on a CPU.

The parameters have the names and shapes that transformers gives them, so a state dict goes into
``Gemma3ForCausalLM`` as it is. What differs is speed: one batched product for all heads (they
share one key and value head), a loss inside the compiled graph, no caches. Sequences are shorter
than the sliding window, so local and global layers differ only in the base of their rotary
embedding.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

EPSILON = 1e-6
GLOBAL_EVERY = 6  # llama.cpp fixes the same pattern: layer i is global when (i + 1) % 6 == 0
ROPE_BASE = {"local": 10_000.0, "global": 1_000_000.0}


@dataclass(frozen=True)
class Shape:
    """The size of a model. ``inter`` and ``hidden``: multiples of 256, for llama.cpp's K-quants."""

    layers: int = 6
    inter: int = 768
    hidden: int = 256
    heads: int = 4
    head_dim: int = 64
    vocab: int = 4096


class Linear(nn.Module):
    """A product without a bias; the weight is float32 and is cast to its input's type."""

    def __init__(self, n_in: int, n_out: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(n_out, n_in).normal_(0, 0.02))

    def forward(self, x: Tensor) -> Tensor:
        """(..., n_in) -> (..., n_out)."""
        return F.linear(x, self.weight.to(x.dtype))


class Norm(nn.Module):
    """Gemma's RMS norm: scaled by 1 + weight, computed in float32."""

    def __init__(self, n: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(n))

    def forward(self, x: Tensor, dtype: torch.dtype) -> Tensor:
        """The normed input in another type."""
        x = x.float()
        x = x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + EPSILON)
        return (x * (1.0 + self.weight)).to(dtype)


def rotary(n: int, dim: int, base: float) -> tuple[Tensor, Tensor]:
    """Cosines and sines of n positions, (n, dim) each."""
    frequency = 1.0 / base ** (torch.arange(0, dim, 2).float() / dim)
    angle = torch.arange(n).float()[:, None] * frequency[None]
    angle = torch.cat([angle, angle], -1)
    return angle.cos(), angle.sin()


def _rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    a, b = x.chunk(2, -1)
    return x * cos + torch.cat([-b, a], -1) * sin


class Attention(nn.Module):
    """Causal attention with one key and value head for all query heads."""

    def __init__(self, s: Shape) -> None:
        super().__init__()
        self.heads, self.dim = s.heads, s.head_dim
        self.q_proj = Linear(s.hidden, s.heads * s.head_dim)
        self.k_proj = Linear(s.hidden, s.head_dim)
        self.v_proj = Linear(s.hidden, s.head_dim)
        self.o_proj = Linear(s.heads * s.head_dim, s.hidden)
        self.q_norm = Norm(s.head_dim)
        self.k_norm = Norm(s.head_dim)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor) -> Tensor:
        """(batch, time, hidden) -> the same; ``mask``: 0 or -inf, (time, time)."""
        b, t, _ = x.shape
        n, d = self.heads, self.dim
        q = self.q_norm(self.q_proj(x).view(b, t, n, d), torch.float32).transpose(1, 2)
        k = self.k_norm(self.k_proj(x), torch.float32)
        v = self.v_proj(x)
        q = (_rotate(q, cos, sin).to(x.dtype) * d**-0.5).reshape(b, n * t, d)
        k = _rotate(k, cos, sin).to(x.dtype)
        scores = torch.bmm(q, k.transpose(1, 2)).float().view(b, n, t, t) + mask
        weights = torch.softmax(scores, -1).to(x.dtype).view(b, n * t, t)
        out = torch.bmm(weights, v).view(b, n, t, d)
        return self.o_proj(out.transpose(1, 2).reshape(b, t, n * d))


class Mlp(nn.Module):
    """The gated feed-forward part."""

    def __init__(self, s: Shape) -> None:
        super().__init__()
        self.gate_proj = Linear(s.hidden, s.inter)
        self.up_proj = Linear(s.hidden, s.inter)
        self.down_proj = Linear(s.inter, s.hidden)

    def forward(self, x: Tensor) -> Tensor:
        """(..., hidden) -> (..., hidden)."""
        return self.down_proj(F.gelu(self.gate_proj(x), approximate="tanh") * self.up_proj(x))


class Layer(nn.Module):
    """Attention and feed-forward, each between two norms, on a float32 residual stream."""

    def __init__(self, s: Shape) -> None:
        super().__init__()
        self.self_attn = Attention(s)
        self.mlp = Mlp(s)
        self.input_layernorm = Norm(s.hidden)
        self.post_attention_layernorm = Norm(s.hidden)
        self.pre_feedforward_layernorm = Norm(s.hidden)
        self.post_feedforward_layernorm = Norm(s.hidden)

    def forward(
        self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor, dtype: torch.dtype
    ) -> Tensor:
        """(batch, time, hidden) -> the same."""
        a = self.self_attn(self.input_layernorm(x, dtype), cos, sin, mask)
        x = x + self.post_attention_layernorm(a, torch.float32)
        m = self.mlp(self.pre_feedforward_layernorm(x, dtype))
        return x + self.post_feedforward_layernorm(m, torch.float32)


class Body(nn.Module):
    """Embedding, layers and the last norm."""

    def __init__(self, s: Shape) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(s.vocab, s.hidden)
        nn.init.normal_(self.embed_tokens.weight, 0, 0.02)
        self.layers = nn.ModuleList(Layer(s) for _ in range(s.layers))
        self.norm = Norm(s.hidden)


class Gemma(nn.Module):
    """The whole model; its output layer is the embedding."""

    cos: Tensor
    sin: Tensor
    mask: Tensor

    def __init__(self, shape: Shape, length: int, dtype: torch.dtype = torch.float32) -> None:
        """``length``: longest sequence; ``dtype``: type of the products, bfloat16 or float32."""
        super().__init__()
        self.shape, self.dtype = shape, dtype
        self.model = Body(shape)
        tables = [rotary(length, shape.head_dim, base) for base in ROPE_BASE.values()]
        self.register_buffer("cos", torch.stack([c for c, _ in tables]), persistent=False)
        self.register_buffer("sin", torch.stack([s for _, s in tables]), persistent=False)
        mask = torch.full((length, length), float("-inf")).triu(1)
        self.register_buffer("mask", mask, persistent=False)

    def logits(self, ids: Tensor) -> Tensor:
        """(batch, time) -> (batch, time, vocab), float32."""
        embedding, t = self.model.embed_tokens.weight, ids.shape[1]
        x = F.embedding(ids, embedding) * math.sqrt(self.shape.hidden)
        for i, layer in enumerate(self.model.layers):
            kind = int((i + 1) % GLOBAL_EVERY == 0)
            x = layer(x, self.cos[kind, :t], self.sin[kind, :t], self.mask[:t, :t], self.dtype)
        return F.linear(self.model.norm(x, self.dtype), embedding.to(self.dtype)).float()

    def forward(self, ids: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
        """The mean loss of the targets, each with its weight."""
        loss = F.cross_entropy(self.logits(ids).flatten(0, 1), targets.flatten(), reduction="none")
        return (loss * weights.flatten()).sum() / weights.sum()
