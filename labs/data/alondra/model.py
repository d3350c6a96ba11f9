# Fictional release, invented for teaching.
# SPDX-License-Identifier: Apache-2.0
"""The architecture of Alondra: a decoder with one kind of layer."""

import torch


class Alondra(torch.nn.Module):
    def __init__(self, config: dict) -> None:
        super().__init__()
        layer = torch.nn.TransformerEncoderLayer(config["hidden"], config["heads"])
        self.embed = torch.nn.Embedding(config["vocab"], config["hidden"])
        self.layers = torch.nn.TransformerEncoder(layer, config["layers"])
