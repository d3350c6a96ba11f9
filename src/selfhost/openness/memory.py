"""How much memory a model's weights need: parameters times bytes, an estimate and nothing more.

The KV cache, activations and the engine come on top; a quarter is reserved for them here. Video and
image models need far more than their weights while they run. Notebook 04 does the full arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .catalogue import Entry
from .catalogue_schema import UNKNOWN, Size

GIB = 2**30
# Bits per weight, with the scales that the usual formats store beside the numbers.
BITS = {"float32": 32.0, "float16": 16.0, "8 bit": 8.5, "4 bit": 4.8}
RESERVE = 0.25


def weights_gib(billions: float, bits: float) -> float:
    """Memory of the weights in GiB; mixture-of-experts models need all experts in memory."""
    if billions <= 0 or bits <= 0:
        raise ValueError("a model has a positive number of parameters and bits")
    return billions * 1e9 * bits / 8 / GIB


@dataclass(frozen=True)
class Fit:
    """One size of one model on one machine. `fits` is None when the size is not known."""

    id: str
    name: str
    size: str
    gib: float | None
    fits: bool | None

    @property
    def memory(self) -> str:
        """The need in words: GiB, and MiB for the smallest, which would be 0.0 GiB."""
        if self.gib is None:
            return "unknown"
        return f"{self.gib:.1f} GiB" if self.gib >= 0.05 else f"{self.gib * 1024:.0f} MiB"

    def __str__(self) -> str:
        if self.gib is None:
            return f"{self.name}: number of parameters unknown, so no estimate"
        verdict = "fits" if self.fits else "too big"
        return f"{self.name} {self.size}: about {self.memory}, {verdict}"


def estimate(entry: Entry, ram_gib: float, bits: float) -> list[Fit]:
    """Which sizes of an entry fit into `ram_gib` of free memory at `bits` per weight."""
    sizes = entry.row.parameters
    if sizes == UNKNOWN:
        return [Fit(entry.id, entry.row.name, "", None, None)]
    fits = []
    for size in sizes:
        assert isinstance(size, Size)
        need = weights_gib(size.billions, bits)
        fits.append(Fit(entry.id, entry.row.name, size.name, need, need * (1 + RESERVE) <= ram_gib))
    return fits


def what_runs(entries: Iterable[Entry], ram_gib: float, bits: float) -> list[Fit]:
    """All sizes of all models that have weights to download.

    First what fits, the biggest on top; then what is too big, the nearest miss first; then what
    nobody knows.
    """
    rows = [
        fit
        for entry in entries
        if entry.row.kind == "model" and "parameters_final" in entry.row.published
        for fit in estimate(entry, ram_gib, bits)
    ]
    place = {True: 0, False: 1, None: 2}

    def key(fit: Fit) -> tuple[int, float, str]:
        gib = fit.gib or 0.0
        return place[fit.fits], -gib if fit.fits else gib, fit.name

    return sorted(rows, key=key)
