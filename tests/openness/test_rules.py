"""Each rule of the openness package against the table or definition it stands for."""

from __future__ import annotations

import pytest

from selfhost.openness import CLASSES, Item, Release, components, judge, release
from selfhost.openness.components import find, nearest, required_for
from selfhost.openness.findings import Finding

OPEN_SOURCE = [
    "parameters_final",
    "architecture",
    "training_code",
    "inference_code",
    "technical_report",
    "data_card",
]
REPRODUCIBLE = [*OPEN_SOURCE, "datasets", "preprocessing_code"]
# A typical member of each class, as the workshop describes it.
TYPICAL = {
    "behind-app": release("NotebookLM-like", reach=["app"]),
    "directly accessible": release("hosted", reach=["api"]),
    "available weights": release("Llama-like", ["parameters_final"], licence="LicenseRef-llama-3"),
    "open weight": release("Granite-like", ["parameters_final"], licence="Apache-2.0"),
    "open source": release("documented", OPEN_SOURCE, licence="Apache-2.0"),
    "reproducible": release("OLMo-like", REPRODUCIBLE, licence="Apache-2.0"),
}
# The table of the workshop (2025-09 to 2026-05), word by word.
TABLE = {
    "behind-app": ["app-defined", "none", "none", "none", "none"],
    "directly accessible": ["API restrictions", "API restrictions", "none", "none", "none"],
    "available weights": [
        "with conditions", "with conditions", "complete", "with conditions", "none",
    ],
    "open weight": ["as you want", "deep", "complete", "study restricted", "none"],
    "open source": ["as you want", "deep", "complete", "detailed study restricted", "partial"],
    "reproducible": ["as you want", "deep", "complete", "complete", "complete"],
}  # fmt: skip


@pytest.mark.parametrize("name", CLASSES)
def test_typical_member_gets_its_class(name: str) -> None:
    assert judge(TYPICAL[name]).spectrum.name == name


@pytest.mark.parametrize("name", CLASSES)
def test_aspects_table_comes_out_of_the_rules(name: str) -> None:
    verdict = judge(TYPICAL[name])
    assert list(verdict.aspects) == [
        "access", "model control", "data control", "autonomy", "trust",
    ]  # fmt: skip
    assert list(verdict.aspects.values()) == TABLE[name]


def test_nothing_published_and_no_way_in_is_no_class() -> None:
    verdict = judge(release("vapour"))
    assert verdict.spectrum.name is None
    assert verdict.as_json()["class"] is None


@pytest.mark.parametrize("part", OPEN_SOURCE[1:4])
def test_open_source_needs_each_code_part(part: str) -> None:
    rest = [p for p in OPEN_SOURCE if p != part]
    verdict = judge(release("x", rest, licence="MIT"))
    assert verdict.spectrum.name == "open weight"
    assert [f.components for f in verdict.spectrum.missing()] == [(part,)]


def test_documentation_may_stand_for_each_other() -> None:
    paper = [p if p != "technical_report" else "research_paper" for p in OPEN_SOURCE]
    assert judge(release("x", paper, licence="MIT")).spectrum.name == "open source"


def test_weights_without_a_licence_are_only_available() -> None:
    verdict = judge(release("leaked", ["parameters_final"]))
    assert verdict.spectrum.name == "available weights"
    assert verdict.aspects["access"] == "no permission"


def test_a_new_model_file_is_not_open_because_the_code_is() -> None:
    mixed = Release(
        "mixed",
        items=tuple(Item(p) for p in OPEN_SOURCE),
        licences={"code": "Apache-2.0", "data": "LicenseRef-gemma", "documentation": "CC-BY-4.0"},
    )
    assert judge(mixed).spectrum.name == "available weights"


# --- the licence of a component -------------------------------------------------------------

SCOPES = {"distribution": "MIT", "code": "Apache-2.0", "data": "CC-BY-4.0"}


@pytest.mark.parametrize(
    ("component", "own", "expected", "origin"),
    [
        ("training_code", "GPL-3.0-only", "GPL-3.0-only", "its own"),
        ("training_code", None, "Apache-2.0", "for code"),
        ("datasets", None, "CC-BY-4.0", "for data"),
        ("model_card", None, "MIT", "whole distribution"),
        ("model_card", "NONE", "NONE", "its own"),
    ],
)
def test_licence_resolution_order(component: str, own: str, expected: str, origin: str) -> None:
    facts = Release("x", items=(Item(component, licence=own),), licences=SCOPES)
    licence, where = facts.licence_of(component)
    assert licence == expected
    assert origin in where


def test_no_licence_anywhere_is_none() -> None:
    assert release("x", ["datasets"]).licence_of("datasets") == ("NONE", "none found")


def test_wrong_kind_of_open_licence_warns_and_counts() -> None:
    verdict = judge(release("x", ["training_code"], licence="CC-BY-4.0"))
    assert verdict.states["training_code"].open
    assert "made for data and documentation" in verdict.mof.warnings[0]


# --- MOF ------------------------------------------------------------------------------------

III = ["architecture", "parameters_final", "technical_report", "evaluation_results", "model_card",
       "data_card"]  # fmt: skip
II = [*III, "training_code", "inference_code", "evaluation_code", "evaluation_data"]
I = [*II, "datasets", "preprocessing_code", "parameters_intermediate", "research_paper"]  # noqa: E741


def test_the_public_tools_components_are_all_there() -> None:
    assert len(components()) == 17
    assert {c.id for c in components().values() if not c.required} == {
        "sample_outputs", "libraries", "metadata",
    }  # fmt: skip
    assert {c.id for c in required_for(3)} == set(III)
    assert {c.id for c in required_for(2)} == set(II)
    assert {c.id for c in required_for(1)} == set(I)


@pytest.mark.parametrize(("parts", "name"), [(III, "III"), (II, "II"), (I, "I")])
def test_mof_class_and_that_every_part_of_it_is_needed(parts: list[str], name: str) -> None:
    assert judge(release("x", parts, licence="OpenMDW-1.0")).mof.name == name
    for part in parts:
        rest = [p for p in parts if p != part]
        lower = judge(release("x", rest, licence="OpenMDW-1.0")).mof.name
        if part == "technical_report" and "research_paper" in rest:
            assert lower == name, "the paper stands for the report"
        else:
            assert lower != name, part


def test_mof_class_two_needs_class_three_and_one_needs_two() -> None:
    no_card = [p for p in I if p != "model_card"]
    assert judge(release("x", no_card, licence="MIT")).mof.name is None
    no_code = [p for p in I if p != "evaluation_code"]
    assert judge(release("x", no_code, licence="MIT")).mof.name == "III"


@pytest.mark.parametrize("licence", ["LicenseRef-gemma", "NONE", "CC-BY-NC-4.0", "made up"])
def test_mof_does_not_count_closed_licences(licence: str) -> None:
    facts = release("x", III, licence="MIT").with_item(Item("data_card", licence=licence))
    assert judge(facts).mof.name is None


# Licences of the public tool's own test file for class I (Test_Data/Class1TestFile…): the paper
# stands for the report, and the tool expects class I.
TOOLS_CLASS_ONE = {
    "architecture": "AFL-1.2", "preprocessing_code": "AFL-2.1", "training_code": "ISC",
    "inference_code": "AFL-1.1", "evaluation_code": "AFL-3.0", "libraries": "AFL-2.1",
    "parameters_final": "CC-BY-SA-4.0", "parameters_intermediate": "CC-BY-3.0-US",
    "datasets": "CC-BY-3.0-NL", "evaluation_data": "CC-BY-3.0-NL", "sample_outputs": "CC0-1.0",
    "model_card": "CC-BY-SA-3.0", "data_card": "CC0-1.0", "research_paper": "CC-BY-4.0",
    "evaluation_results": "CC-BY-4.0",
}  # fmt: skip


def test_the_public_tools_expected_result_for_class_one() -> None:
    items = tuple(Item(key, licence=name) for key, name in TOOLS_CLASS_ONE.items())
    assert judge(Release("Class1TestFile", items=items)).mof.name == "I"


# --- OSAID ----------------------------------------------------------------------------------

OSAID = ["technical_report", "preprocessing_code", "training_code", "inference_code", "libraries",
         "architecture", "parameters_final"]  # fmt: skip


def test_osaid_is_met_and_each_part_decides() -> None:
    assert judge(release("x", OSAID, licence="MIT")).osaid.answer is True
    for part in OSAID:
        rest = [p for p in OSAID if p != part]
        assert judge(release("x", rest, licence="MIT")).osaid.answer is False, part


def test_osaid_unknown_part_is_neither_yes_nor_no() -> None:
    facts = release("x", OSAID, licence="MIT").with_item(Item("libraries", present=None))
    assert judge(facts).osaid.answer is None


def test_definitions_can_disagree_and_say_so() -> None:
    verdict = judge(TYPICAL["reproducible"])
    assert verdict.osaid.answer is False  # supporting libraries not named
    assert verdict.mof.name is None  # no evaluation results
    assert len(verdict.disagreements()) == 2
    assert judge(release("all", list(components()), licence="OpenMDW-1.0")).disagreements() == []


# --- reasons, freedoms, names ----------------------------------------------------------------


def test_every_verdict_has_reasons_with_component_licence_rule_and_source() -> None:
    shown = judge(TYPICAL["available weights"]).as_json()
    assert list(shown) == ["class", "mof_class", "osaid", "aspects", "reasons", "missing"]
    weights = next(r for r in shown["missing"] if r["rule"] == "open weight")
    assert weights["components"] == ["parameters_final"]
    assert weights["licence"] == "LicenseRef-llama-3"
    assert weights["source"].startswith("https://")
    assert "700 million" in weights["text"]
    for row in [*shown["reasons"], *shown["missing"]]:
        assert row["text"] and row["rule"] and row["source"]


def test_unknown_is_reported_as_unknown_never_as_absent() -> None:
    facts = release("x", OPEN_SOURCE, licence="MIT").with_item(Item("training_code", present=None))
    verdict = judge(facts)
    assert verdict.spectrum.name == "open weight"
    assert verdict.spectrum.possible == "open source"
    (finding,) = verdict.spectrum.missing()
    assert isinstance(finding, Finding) and finding.met is None
    assert "not known" in finding.text


@pytest.mark.parametrize(
    ("licence", "use", "modify", "share"),
    [
        ("MIT", "yes", "yes", "yes"),
        ("LicenseRef-mistral-research", "conditional", "conditional", "conditional"),
        ("CC-BY-NC-ND-4.0", "conditional", "no", "conditional"),
        ("NONE", "no", "no", "no"),
        ("made up", "unknown", "unknown", "unknown"),
    ],
)
def test_four_freedoms(licence: str, use: str, modify: str, share: str) -> None:
    row = judge(release("x", ["training_code"], licence=licence)).freedoms["training_code"]
    assert row == {"use": use, "study": "yes", "modify": modify, "share": share}


def test_weights_are_fully_studied_only_with_their_origin() -> None:
    alone = judge(release("x", ["parameters_final"], licence="MIT")).freedoms
    assert alone["parameters_final"]["study"] == "conditional"
    assert alone["datasets"] == dict.fromkeys(("use", "study", "modify", "share"), "no")
    whole = judge(release("x", REPRODUCIBLE, licence="MIT")).freedoms
    assert whole["parameters_final"]["study"] == "yes"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Model parameters (Final)", "parameters_final"),
        ("model PARAMETERS final", "parameters_final"),
        ("Configuration file", "metadata"),
        ("Paper", "research_paper"),
        ("cake", None),
    ],
)
def test_component_names(name: str, found: str | None) -> None:
    component = find(name)
    assert (component.id if component else None) == found


def test_nearest_component_name() -> None:
    assert nearest("Modle parameters (Final)") == "Model parameters (Final)"
    assert nearest("zzzz") is None
