# Fictional release, invented for teaching.
# SPDX-License-Identifier: Apache-2.0
"""Train Alondra: python train.py --config train_config.json"""

import json
from pathlib import Path

import torch

from model import Alondra

config = json.loads(Path("train_config.json").read_text(encoding="utf-8"))
torch.manual_seed(config["seed"])
model = Alondra(config)
optimizer = torch.optim.AdamW(model.parameters(), lr=config["lr"])
