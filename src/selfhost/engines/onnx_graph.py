"""One step of the model as an ONNX graph: new tokens and a cache in, scores and a longer cache out.

Masks and positions are inputs, made in `stepping`. So the graph holds nothing but the network,
and the same file serves any batch, any prompt length and any cache, ONNX Runtime and OpenVINO.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from selfhost.engines.source import Source

INPUTS = ("ids", "positions", "full", "sliding", "past")
OUTPUTS = ("logits", "present")


def export(source: Source, path: Path) -> None:
    """Trace the model with `torch.onnx` and write the graph with its weights, in float32.

    Inputs: ids and positions [batch, new], int64; the masks `full` and `sliding`
    [batch, 1, new, old + new], 0 or a large negative number; past [layers, 2, batch, heads, old,
    head size]. Outputs: logits of the last token [batch, vocabulary], and present, the past with
    the new tokens.
    """
    import torch
    from transformers import AutoModelForCausalLM, DynamicCache
    from transformers.utils import logging

    logging.disable_progress_bar()
    config = source.config
    layers, heads = config["num_hidden_layers"], config["num_key_value_heads"]
    model: Any = AutoModelForCausalLM.from_pretrained(
        source.folder, dtype=torch.float32, attn_implementation="eager"
    )

    class Step(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, ids: Any, positions: Any, full: Any, sliding: Any, past: Any) -> Any:
            cache = DynamicCache()
            for layer in range(layers):
                cache.update(past[layer, 0], past[layer, 1], layer)
            out = self.model(
                input_ids=ids, position_ids=positions, past_key_values=cache, use_cache=True,
                attention_mask={"full_attention": full, "sliding_attention": sliding},
                logits_to_keep=1,
            )  # fmt: skip
            present = [torch.stack([layer.keys, layer.values]) for layer in cache.layers]
            return out.logits[:, 0], torch.stack(present)

    batch, new, old = 2, 5, 7  # any sizes above 1, and all different: torch takes equal for fixed
    mask = torch.zeros(batch, 1, new, old + new)
    example = (
        torch.ones(batch, new, dtype=torch.int64),
        torch.arange(old, old + new).repeat(batch, 1),
        mask,
        mask.clone(),
        torch.zeros(layers, 2, batch, heads, old, config["head_dim"]),
    )
    any_size = torch.export.Dim.DYNAMIC
    tokens, masks = {0: any_size, 1: any_size}, {0: any_size, 2: any_size, 3: any_size}
    program = torch.onnx.export(
        Step().eval(), example, dynamo=True, verbose=False,
        input_names=list(INPUTS), output_names=list(OUTPUTS),
        dynamic_shapes=(tokens, tokens, masks, masks, {2: any_size, 4: any_size}),
    )  # fmt: skip
    assert program is not None
    program.save(str(path))
