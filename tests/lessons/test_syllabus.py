"""The list of lessons that notebook 00 shows."""

from __future__ import annotations

import json
from pathlib import Path

from selfhost import syllabus


def write(path: Path, kit: object) -> None:
    path.parent.mkdir(exist_ok=True)
    notebook = {"cells": [], "metadata": {"kit": kit} if kit else {}}
    path.write_text(json.dumps(notebook), encoding="utf-8")


def test_lessons_in_order_with_labs_last(tmp_path: Path) -> None:
    write(tmp_path / "labs/lab1_x.ipynb",
          {"title": "Lab", "minutes": 10, "exercises": 30, "needs": ["endpoint"]})  # fmt: skip
    write(tmp_path / "notebooks/05_b.ipynb", {"title": "B & b", "minutes": 20, "needs": []})
    write(tmp_path / "notebooks/00_a.ipynb", {"title": "A", "minutes": 5, "needs": []})
    write(tmp_path / "notebooks/99_mine.ipynb", None)
    (tmp_path / "notebooks/98_broken.ipynb").write_text("{", encoding="utf-8")
    listed = syllabus.lessons(tmp_path)
    assert [(each.number, each.minutes) for each in listed] == [
        ("00", 5), ("05", 20), ("lab 1", 40),
    ]  # fmt: skip
    page = syllabus.table(tmp_path)._repr_html_()
    assert '<a href="../notebooks/05_b.ipynb">B &amp; b</a>' in page


def test_this_checkout_has_its_first_lessons() -> None:
    numbers = [each.number for each in syllabus.lessons()]
    assert numbers[:5] == ["00", "01", "02", "lab 1", "03"]
    assert len(numbers) == len(set(numbers))


def test_each_lesson_stands_where_the_one_before_leads(tmp_path: Path) -> None:
    for name, then in [("00_a", "lab1_x"), ("05_b", ""), ("09_c", "00_a")]:
        write(tmp_path / f"notebooks/{name}.ipynb",
              {"title": name, "minutes": 5, "needs": [], "next": then})  # fmt: skip
    write(tmp_path / "labs/lab1_x.ipynb",
          {"title": "Lab", "minutes": 10, "needs": [], "next": "05_b"})  # fmt: skip
    listed = [each.number for each in syllabus.lessons(tmp_path)]
    assert listed == ["00", "lab 1", "05", "09"]  # nobody leads to 09: it is not lost
