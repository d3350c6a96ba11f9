"""Own machine or API? Monthly costs, and after how many months a purchase has paid for itself.

Every assumption has three values, from good to bad for self-hosting, with its source; nothing is
one number. All money in EUR, energy in kWh, months of 30.4 days.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from selfhost.errors import KitError
from selfhost.sizing.data import table

CASES = ("favourable", "typical", "unfavourable")
DAYS = 30.4  # in a month


@dataclass(frozen=True)
class Quantity:
    """One assumption. `values`: for the cases of `CASES`; `example`: no source stands behind it."""

    key: str
    what: str
    unit: str
    values: tuple[float, float, float]
    source: str
    date: str = ""
    example: bool = True

    @property
    def provenance(self) -> str:
        """Source and date, or the request to put in one's own value."""
        said = f"{self.source}{f' ({self.date})' if self.date else ''}"
        return f"example value, edit it: {said}" if self.example else said


@dataclass(frozen=True)
class Assumptions:
    """All quantities by key; `but` returns changed ones."""

    quantities: Mapping[str, Quantity]

    def value(self, key: str, case: str = "typical") -> float:
        """The value of a quantity in one of the cases."""
        return self.quantities[key].values[CASES.index(case)]

    def but(self, **changes: float | tuple[float, float, float]) -> Assumptions:
        """The same with other values: one number, or one for each case, from good to bad.

        Raises `KitError` for an unknown quantity or a value that makes no sense.
        """
        new = dict(self.quantities)
        for key, value in changes.items():
            if key not in new:
                raise KitError(f"There is no assumption {key!r}; there are {', '.join(new)}.")
            three = tuple(value) if isinstance(value, tuple | list) else (value,) * 3
            numbers = tuple(float(each) for each in three)
            zero = key in ("throughput", "lifetime")
            if len(numbers) != 3 or any(
                not math.isfinite(n) or n < 0 or (zero and n == 0) for n in numbers
            ):
                raise KitError(f"{key} needs one or three numbers that are not negative.")
            if key == "hours_on" and max(numbers) > 24:
                raise KitError("A day has 24 hours.")
            new[key] = replace(new[key], values=(numbers[0], numbers[1], numbers[2]),
                               source="your own value", date="", example=False)  # fmt: skip
        return Assumptions(new)

    def rows(self) -> list[tuple[str, ...]]:
        """(what, unit, three values, provenance), for a table."""
        return [
            (q.what, q.unit, *(f"{value:,g}" for value in q.values), q.provenance)
            for q in self.quantities.values()
        ]


def assumptions() -> Assumptions:
    """The defaults of `data/sizing.yaml`: sourced where there is a source, examples elsewhere."""
    found: dict[str, Quantity] = {}
    for key, row in table()["costs"].items():
        a, b, c = (float(value) for value in row["values"])
        found[key] = Quantity(key, row["what"], row["unit"], (a, b, c), row["source"],
                              str(row["date"] or ""), bool(row["example"]))  # fmt: skip
    return Assumptions(found)


@dataclass(frozen=True)
class Verdict:
    """One case. EUR and EUR per month; `payback` in months, None: never."""

    case: str
    api: float
    energy: float
    work: float
    machines: int
    purchase: float
    lifetime: float
    kwh: float
    busy_hours: float

    @property
    def own(self) -> float:
        """Running costs per month, without the purchase."""
        return self.energy + self.work

    @property
    def saving(self) -> float:
        """What is saved each month against the API, before the purchase is paid."""
        return self.api - self.own

    @property
    def months(self) -> float | None:
        """Months until the savings equal the purchase; None if there is nothing to save."""
        return self.purchase / self.saving if self.saving > 0 else None

    @property
    def payback(self) -> float | None:
        """The same, and None as well when the machine would be replaced before."""
        months = self.months
        return months if months is not None and months <= self.lifetime else None

    @property
    def balance(self) -> float:
        """EUR saved (negative: lost) over the machine's lifetime."""
        return self.saving * self.lifetime - self.purchase

    def __str__(self) -> str:
        costs = (f"API {self.api:,.0f} EUR a month; own: {self.energy:,.0f} for energy and "
                 f"{self.work:,.0f} for work a month, {self.purchase:,.0f} to buy")  # fmt: skip
        if self.machines > 1:
            costs += f" ({self.machines} machines)"
        if self.saving <= 0:
            end = "NEVER PAYS BACK: running it costs more each month than the API"
        elif self.payback is None:
            end = (f"NEVER PAYS BACK: it would take {_span(self.months or 0)}, and it is replaced "
                   f"after {_span(self.lifetime)}")  # fmt: skip
        else:
            end = f"pays back after {_span(self.payback)}"
        return f"{self.case}: {end}. ({costs}.)"


def _span(months: float) -> str:
    return f"{months:,.0f} months" if months < 24 else f"{months / 12:,.1f} years"


def verdict(given: Assumptions, case: str = "typical") -> Verdict:
    """The costs of one case. Raises `KitError` for a case that does not exist."""
    if case not in CASES:
        raise KitError(f"{case!r} is none of the cases: {', '.join(CASES)}.")

    def of(key: str) -> float:
        return given.value(key, case)

    tokens = of("demand") * 1e6
    busy = tokens / of("throughput") / 3600
    on = of("hours_on") * DAYS
    machines = max(1, math.ceil(busy / on)) if on else 1
    if busy and not on:
        raise KitError("A machine that is never switched on makes no tokens.")
    kwh = (of("power_load") * busy + of("power_idle") * (machines * on - busy)) / 1000
    return Verdict(
        case,
        api=of("demand") * of("api_price"),
        energy=kwh * of("electricity"),
        work=of("maintenance") * of("wage"),
        machines=machines,
        purchase=machines * of("purchase"),
        lifetime=of("lifetime") * 12,
        kwh=kwh,
        busy_hours=busy,
    )


def compare(given: Assumptions | None = None) -> dict[str, Verdict]:
    """The three cases."""
    chosen = given or assumptions()
    return {case: verdict(chosen, case) for case in CASES}


def break_even_demand(given: Assumptions, case: str = "typical") -> float | None:
    """Million tokens per month from which on the machine pays back within its lifetime.

    None if no demand up to a million million tokens does. More demand may need another machine,
    so the least one is searched on a fine grid (1 % steps).
    """
    for step in range(2800):
        demand = 1e-6 * 1.01**step
        if verdict(given.but(demand=demand), case).payback is not None:
            return demand
    return None


def sensitivity(given: Assumptions) -> list[tuple[Quantity, float, float]]:
    """Each quantity with the balance (EUR over the lifetime) at its good and its bad value.

    All others stay typical; what moves the result most comes first.
    """
    found = []
    typical = given.but(**{key: q.values[1] for key, q in given.quantities.items()})
    for key, quantity in given.quantities.items():
        good, bad = (verdict(typical.but(**{key: quantity.values[i]})).balance for i in (0, 2))
        found.append((quantity, good, bad))
    return sorted(found, key=lambda row: -abs(row[1] - row[2]))


def as_json(given: Assumptions) -> dict[str, Any]:
    """Assumptions and verdicts, for `--json`."""
    return {
        "assumptions": [
            {"key": q.key, "what": q.what, "unit": q.unit, "source": q.provenance,
             **dict(zip(CASES, q.values, strict=True))}
            for q in given.quantities.values()
        ],
        "cases": [
            {"case": v.case, "api_eur_per_month": v.api, "energy_eur_per_month": v.energy,
             "work_eur_per_month": v.work, "kwh_per_month": v.kwh, "machines": v.machines,
             "purchase_eur": v.purchase, "payback_months": v.payback, "balance_eur": v.balance,
             "sentence": str(v)}
            for v in compare(given).values()
        ],
    }  # fmt: skip
