"""Groups of identical laptops, and the fields that tell them apart."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from selfhost.classroom import Result, analyse
from selfhost.stackcard import Card
from selfhost.stackcard.card import Hardware, Model, Run

WHEN = datetime(2026, 1, 1, tzinfo=UTC)


def result(number: int, outputs: dict[str, str], sets: list[str], cpu: str = "unknown") -> Result:
    card = Card(
        created=WHEN,
        model=Model(name="aprendiz", sha256="0" * 64),
        hardware=Hardware(cpu=cpu, instruction_sets=sets),
        run=Run(experiment={}, outputs={k: v * 64 for k, v in outputs.items()}),
    )
    return Result(number, "", card)


def test_nobody_and_everybody() -> None:
    assert analyse([]).sentence(0) == "Nobody has sent a result yet."
    board = analyse([result(n, {"k": "a"}, ["avx2"]) for n in (1, 2, 3)])
    assert board.sentence(3) == "All 3 laptops agree on every output."
    assert [g.members for g in board.groups] == [(1, 2, 3)] and not board.telling


def test_the_field_that_tells_the_groups_apart_is_named() -> None:
    board = analyse([
        result(1, {"k": "a", "m": "c"}, ["avx2", "avx512f"], "X"),
        result(2, {"k": "b", "m": "c"}, ["avx2"], "Y"),
        result(3, {"k": "a", "m": "c"}, ["avx2", "avx512f"], "Z"),
        result(4, {"k": "a", "m": "c"}, ["avx2", "avx512f"], "X"),
    ])
    assert board.keys == ("k", "m")
    assert board.matrix == ((0, 0), (1, 0), (0, 0), (0, 0))
    assert [(g.letter, g.members) for g in board.groups] == [("A", (1, 3, 4)), ("B", (2,))]
    assert board.groups[0].shared["hardware.instruction_sets"] == ("avx2", "avx512f")
    assert "hardware.cpu" not in board.groups[0].shared
    assert [name for name, _ in board.telling] == ["hardware.instruction_sets"]
    assert "instruction_sets (A: avx2, avx512f; B: avx2)" in board.sentence(4)


def test_a_missing_output_is_not_an_equal_one() -> None:
    board = analyse([result(1, {"k": "a", "m": "a"}, []), result(2, {"k": "a"}, [])])
    assert board.matrix == ((0, 0), (0, -1)) and len(board.groups) == 2
    assert "No single field" in board.sentence(2)


@given(st.lists(st.dictionaries(st.sampled_from("klm"), st.sampled_from("abc")), max_size=8))
def test_everybody_is_in_exactly_one_group(outputs: list[dict[str, str]]) -> None:
    results = [result(n, each, []) for n, each in enumerate(outputs, 1)]
    board = analyse(results)
    members = [number for group in board.groups for number in group.members]
    assert sorted(members) == [r.number for r in results]
    by_number = {r.number: r.outputs for r in results}
    for group in board.groups:
        assert len({tuple(sorted(by_number[n].items())) for n in group.members}) == 1
    sizes = [len(group.members) for group in board.groups]
    assert sizes == sorted(sizes, reverse=True)
