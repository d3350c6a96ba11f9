"""The course of this checkout: made files, words and names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.course.check import check
from tools.course.report import Finding
from tools.course.source import source_paths

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def findings() -> list[Finding]:
    return check(ROOT)


def test_the_course_is_in_order(findings: list[Finding]) -> None:
    failed = [str(f) for f in findings if f.level == "fail"]
    assert not failed, "\n".join(failed)


def test_there_is_a_course() -> None:
    assert len(source_paths(ROOT)) >= 3


def test_the_lessons_follow_each_other_without_a_circle() -> None:
    from tools.course.source import load

    following = {path.stem: load(path, ROOT).front.next for path in source_paths(ROOT)}
    for start in following:
        seen, at = [], start
        while at is not None:
            assert at not in seen, f"{start} leads round and round: {seen}"
            seen.append(at)
            at = following.get(at)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "solutions").rglob("*.ipynb")), ids=lambda p: p.stem
)
def test_every_solution_passes_its_own_checks(path: Path) -> None:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    said = "".join(
        "".join(output.get("text", "")) for cell in cells for output in cell.get("outputs", [])
    )
    assert "✘" not in said, said[said.index("✘") :][:200]
    assert "checks passed. Well done." in said
