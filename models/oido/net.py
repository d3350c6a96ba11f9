"""Training-time forward pass over the parameters of ``whisper.model.Whisper``.

The parameters are Whisper's own, so the result loads into the ordinary package. Only the way of
computing differs: windows may be shorter than 30 s, the vocabulary has only the rows in use, and a
character (CTC) output on the encoder helps it to find out what is said where. The CTC part is not
shipped.

Silent tails. In use, the encoder always sees 1500 frames (30 s), mostly silence. Here the last
``tail`` frames of a short window stand for all the silence up to frame 1500: they get positions
spread over that range, and attention counts each of them as many times as it stands for frames.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as fn
from torch import Tensor, nn
from whisper.model import LayerNorm, ModelDimensions, MultiHeadAttention, Whisper

from .tokens import CTC_CHARACTERS, FULL_VOCABULARY

FRAMES = 1500
START_LOGIT = 9.6  # lifts the rows in use above the zero rows of the vocabulary


@dataclass(frozen=True)
class Layout:
    """Positions of the encoder's frames and the weight of each as a key of attention."""

    positions: Tensor
    bias: Tensor | None

    @classmethod
    def plain(cls, frames: int) -> Layout:
        """A window taken as it is."""
        return cls(torch.arange(frames), None)

    @classmethod
    def with_tail(cls, frames: int, tail: int) -> Layout:
        """The last ``tail`` of ``frames`` frames stand for everything up to 30 s."""
        body = frames - tail
        spread = torch.linspace(body, FRAMES - 1, tail).round().long()
        bias = torch.zeros(frames)
        bias[body:] = math.log((FRAMES - body) / tail)
        return cls(torch.cat([torch.arange(body), spread]), bias[None, None, None])


def dimensions(
    width: int, heads: int, encoder: int, decoder: int, vocabulary: int
) -> ModelDimensions:
    """Sizes of a Whisper model of equal width on both sides."""
    return ModelDimensions(
        n_mels=80,
        n_audio_ctx=FRAMES,
        n_audio_state=width,
        n_audio_head=heads,
        n_audio_layer=encoder,
        n_vocab=vocabulary,
        n_text_ctx=448,
        n_text_state=width,
        n_text_head=heads,
        n_text_layer=decoder,
    )


class TrainingNet(nn.Module):
    """Whisper's parameters plus the CTC output."""

    def __init__(self, sizes: ModelDimensions) -> None:
        super().__init__()
        self.whisper = Whisper(sizes)
        self.ctc = nn.Linear(sizes.n_audio_state, len(CTC_CHARACTERS) + 1)
        self._start_values()

    def _start_values(self) -> None:
        decoder, sizes = self.whisper.decoder, self.whisper.dims
        nn.init.normal_(decoder.token_embedding.weight, std=0.02)
        nn.init.normal_(decoder.positional_embedding, std=0.01)
        # as an input this constant vanishes in the layer norms; as an output it adds START_LOGIT
        decoder.token_embedding.weight.data += START_LOGIT / sizes.n_text_state
        nn.init.ones_(decoder.ln.bias)
        depth = (2 * (sizes.n_audio_layer + 1)) ** -0.5
        for name, value in self.whisper.named_parameters():
            if name.endswith(("query.weight", "key.weight", "value.weight", "mlp.0.weight")):
                nn.init.xavier_uniform_(value)
            elif name.endswith(("out.weight", "mlp.2.weight")):
                nn.init.xavier_uniform_(value, gain=depth)
            elif name.endswith(".bias") and "ln" not in name:
                nn.init.zeros_(value)

    @staticmethod
    def _norm(layer: LayerNorm, x: Tensor) -> Tensor:
        return fn.layer_norm(x, layer.normalized_shape, layer.weight, layer.bias, layer.eps)

    @staticmethod
    def _attend(
        layer: MultiHeadAttention,
        x: Tensor,
        source: Tensor | None = None,
        *,
        bias: Tensor | None = None,
        causal: bool = False,
    ) -> Tensor:
        rows, length, width = x.shape
        other = x if source is None else source

        def split(y: Tensor) -> Tensor:
            return y.view(rows, y.shape[1], layer.n_head, -1).transpose(1, 2)

        query, key, value = (
            split(layer.query(x)),
            split(layer.key(other)),
            split(layer.value(other)),
        )
        # written out: on a CPU with bfloat16 units this is faster than torch's fused form
        scores = (query * query.shape[-1] ** -0.5) @ key.transpose(-1, -2)
        if bias is not None:
            scores = scores + bias.to(scores.dtype)
        if causal:
            later = torch.ones(length, length, dtype=torch.bool).triu(1)
            scores = scores.masked_fill(later, float("-inf"))
        mixed = scores.softmax(-1) @ value
        joined: Tensor = layer.out(mixed.transpose(1, 2).reshape(rows, length, width))
        return joined

    def encode(self, mel: Tensor, layout: Layout) -> Tensor:
        """Log-mel pictures to encoder states, two mel frames per state."""
        encoder = self.whisper.encoder
        x = fn.gelu(encoder.conv1(mel))
        x = fn.gelu(encoder.conv2(x)).transpose(1, 2)
        x = x + encoder.positional_embedding[layout.positions]
        for block in encoder.blocks:
            x = x + self._attend(block.attn, self._norm(block.attn_ln, x), bias=layout.bias)
            x = x + block.mlp(self._norm(block.mlp_ln, x))
        return self._norm(encoder.ln_post, x)

    def decode(self, inputs: Tensor, states: Tensor, layout: Layout) -> Tensor:
        """Decoder states for all positions of the token sequences."""
        decoder = self.whisper.decoder
        x = decoder.token_embedding(inputs) + decoder.positional_embedding[: inputs.shape[1]]
        for block in decoder.blocks:
            x = x + self._attend(block.attn, self._norm(block.attn_ln, x), causal=True)
            crossed = self._norm(block.cross_attn_ln, x)
            x = x + self._attend(block.cross_attn, crossed, states, bias=layout.bias)
            x = x + block.mlp(self._norm(block.mlp_ln, x))
        return self._norm(decoder.ln, x)

    def token_loss(self, hidden: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Cross entropy over the full vocabulary, and the share of right tokens."""
        table = self.whisper.decoder.token_embedding.weight
        kept = targets >= 0
        wanted = targets[kept]
        logits = hidden[kept].float() @ table.T
        # each row not in use is zero in the exported file, so its logit is 0
        unused = torch.full_like(logits[:, 0], math.log(FULL_VOCABULARY - table.shape[0]))
        total = torch.logaddexp(logits.logsumexp(1), unused)
        loss = (total - logits.gather(1, wanted[:, None])[:, 0]).mean()
        return loss, (logits.argmax(1) == wanted).float().mean()

    def character_loss(self, states: Tensor, targets: Tensor, lengths: Tensor) -> Tensor:
        """CTC loss per character on the encoder states."""
        scores = self.ctc(states).float().log_softmax(2).transpose(0, 1)
        frames = torch.full_like(lengths, scores.shape[0])
        losses = fn.ctc_loss(scores, targets, frames, lengths, reduction="none", zero_infinity=True)
        return (losses / lengths).mean()
