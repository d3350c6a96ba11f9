# SPDX-License-Identifier: MIT
"""aprendiz: a very small language model, with everything that made it."""
