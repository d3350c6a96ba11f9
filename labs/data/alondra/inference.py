# Fictional release, invented for teaching.
# SPDX-License-Identifier: Apache-2.0
"""Continue a text: python inference.py "En un lugar" """

import sys

import torch

from model import Alondra

model = Alondra({"hidden": 16, "heads": 2, "layers": 1, "vocab": 64})
print(sys.argv[1], torch.no_grad())
