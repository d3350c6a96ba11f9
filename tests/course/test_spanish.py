"""Two languages in one source: what is made of it, and how drift is found."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from selfhost import KitError
from tests.course.conftest import Course
from tools.course.build import build
from tools.course.check import check
from tools.course.source import load
from tools.course.sync import sync
from tools.course.translate import fingerprint, prepare

SPANISH = """\
#     es:
#       title: Una suma
#       objectives: [decir uno, decir dos, decir tres]
"""
BODY = """
# %% [markdown]
# A sum, as in [the lab](../labs/lab1_x.ipynb) and [two](02_two.ipynb#part).

# %% [markdown] tags=["es"] of="FIRST"
# Una suma, como en [la práctica](../labs/lab1_x.ipynb) y en [dos](02_two.ipynb#part).
#
# ¿Cuánto es 1 + 1?

# %%
print(1 + 1)

# %% [markdown]
# The end.

# %% [markdown] tags=["es"] of="LAST"
# El fin.
"""
ENGLISH = ("A sum, as in [the lab](../labs/lab1_x.ipynb) and [two](02_two.ipynb#part).", "The end.")


def spanish(path: Path, body: str = BODY) -> None:
    """Give a source a Spanish edition."""
    text = path.read_text(encoding="utf-8").replace("#     next:", SPANISH + "#     next:")
    first, last = map(fingerprint, ENGLISH)
    head = text[: text.index("# ---", 10) + 6]
    path.write_text(head + body.replace("FIRST", first).replace("LAST", last), encoding="utf-8")


@pytest.fixture
def lesson(course: Course) -> Path:
    """A notebook in two languages, beside a lab and a notebook in English."""
    course.lab(name="lab1_x")
    course.notebook(name="02_two")
    path: Path = course.notebook(name="01_sum")
    spanish(path)
    return path


def read(course: Course, file: str) -> Any:
    return nbformat.read(course.root / file, as_version=4)


def fails(course: Course) -> list[str]:
    return [f"{f.file}: {f.sentence}" for f in check(course.root) if f.level == "fail"]


def test_one_source_gives_two_editions_with_one_code(course: Course, lesson: Path) -> None:
    _, findings = build(course.root, say=lambda line: None)
    assert findings == [] and fails(course) == []
    english, spanish = (
        read(course, "notebooks/01_sum.ipynb"),
        read(course, "notebooks/es/01_sum.ipynb"),
    )
    assert [c.source for c in english.cells[1:-1]] == [ENGLISH[0], "print(1 + 1)", ENGLISH[1]]
    first, text, code, end, last = spanish.cells
    assert first.source.startswith("# 01 · Una suma\n") and "- decir dos" in first.source
    assert "un modelo que responda" in first.source
    assert text.source.endswith("¿Cuánto es 1 + 1?") and end.source == "El fin."
    assert "(../../labs/lab1_x.ipynb)" in text.source and "(../02_two.ipynb#part)" in text.source
    assert last.source.startswith("## Por dónde seguir")
    assert (code.source, code.outputs) == (english.cells[2].source, english.cells[2].outputs)
    assert code.outputs[0].text == "2\n"
    assert "ENGLISH" not in json.dumps(spanish) and spanish.metadata.kit.language == "es"


def test_links_lead_to_the_spanish_edition_where_there_is_one(course: Course, lesson: Path) -> None:
    spanish(course.root / "course/notebooks/02_two.py")
    build(course.root, say=lambda line: None)
    text = read(course, "notebooks/es/01_sum.ipynb").cells[1].source
    assert "(02_two.ipynb#part)" in text


def test_links_in_outputs_are_led_from_the_deeper_folder(course: Course) -> None:
    page = '<a href="../notebooks/02_two.ipynb">x</a><a href="https://a.b/c.ipynb">y</a>'
    code = f"from IPython.display import HTML\nHTML('{page}')"
    path = course.notebook(f"\n# %% [markdown]\n# A table.\n\n# %%\n{code}\n", name="01_sum")
    course.notebook(name="02_two")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("#     next:", SPANISH + "#     next:"), encoding="utf-8")
    build(course.root, ["01"], say=lambda line: None)
    (output,) = read(course, "notebooks/es/01_sum.ipynb").cells[2].outputs
    assert 'href="../02_two.ipynb"' in output.data["text/html"]
    assert 'href="https://a.b/c.ipynb"' in output.data["text/html"]
    assert not [line for line in fails(course) if "es/01_sum" in line]


def test_a_lab_has_a_spanish_lab_and_solution(course: Course) -> None:
    path = course.lab(name="lab1_x")
    text = path.read_text(encoding="utf-8").replace("#     next:", SPANISH + "#     next:")
    path.write_text(text, encoding="utf-8")
    said: list[str] = []
    build(course.root, say=said.append)
    assert any("still in English" in line for line in said)
    lab, answer = read(course, "labs/es/lab1_x.ipynb"), read(course, "solutions/es/lab1_x.ipynb")
    assert "# YOUR CODE HERE" in lab.cells[2].source and not lab.cells[2].outputs
    assert 'answer = "reproducible"' in answer.cells[2].source
    assert "[la solución](../../solutions/es/lab1_x.ipynb)" in lab.cells[-1].source
    assert "(../../labs/es/lab1_x.ipynb)" in answer.cells[0].source
    assert fails(course) == []
    assert any("2 text cells have no Spanish" in f.sentence for f in check(course.root))


def test_what_is_not_translated_is_said_at_every_build(course: Course, lesson: Path) -> None:
    said: list[str] = []
    build(course.root, say=said.append)
    assert any("02_two.py: not translated yet" in line for line in said)
    assert not any("01_sum.py: not translated" in line for line in said)


def test_english_that_changes_under_its_translation_is_found(course: Course, lesson: Path) -> None:
    build(course.root, say=lambda line: None)
    text = lesson.read_text(encoding="utf-8")
    lesson.write_text(text.replace("# The end.", "# The very end."), encoding="utf-8")
    build(course.root, say=lambda line: None)
    (finding,) = [f for f in check(course.root) if f.level == "fail"]
    assert "another English text" in finding.sentence
    assert finding.line == text[: text.index("# El fin")].count("\n")
    prepare(load(lesson, course.root))  # the translator has looked, and it still fits
    build(course.root, say=lambda line: None)
    assert fails(course) == []


def test_a_change_of_prose_runs_nothing(course: Course, lesson: Path) -> None:
    build(course.root, say=lambda line: None)
    english = (course.root / "notebooks/01_sum.ipynb").read_bytes()
    text = lesson.read_text(encoding="utf-8")
    lesson.write_text(text.replace("El fin.", "Fin."), encoding="utf-8")
    built, _ = build(course.root, ["01"], say=lambda line: None)
    assert [(one.file, one.status) for one in built] == [
        ("notebooks/01_sum.ipynb", "unchanged"), ("notebooks/es/01_sum.ipynb", "text"),
    ]  # fmt: skip
    assert (course.root / "notebooks/01_sum.ipynb").read_bytes() == english
    assert read(course, "notebooks/es/01_sum.ipynb").cells[3].source == "Fin."


def test_prepare_gives_a_translator_a_place_for_every_text(course: Course) -> None:
    path = course.notebook()
    before = load(path, course.root)
    assert prepare(before) == 2
    after = load(path, course.root)
    assert [each.text for each in after.translations.values()] == ["…", "…"]
    assert after.text == before.text and after.sha256 == before.sha256
    assert [c.source for c in after.cells] == [c.source for c in before.cells]
    path.write_text(
        path.read_text(encoding="utf-8").replace("# …", "# Hecho.", 1), encoding="utf-8"
    )
    once = path.read_text(encoding="utf-8")
    assert prepare(load(path, course.root)) == 1  # again: what is there stays
    assert path.read_text(encoding="utf-8") == once


def test_sync_brings_edits_back_and_keeps_the_translations(course: Course, lesson: Path) -> None:
    build(course.root, say=lambda line: None)
    file = course.root / "notebooks/01_sum.ipynb"
    stored = nbformat.read(file, as_version=4)
    stored.cells[3].source = "The very end."
    stored.cells.insert(2, nbformat.v4.new_markdown_cell("Between.", id="between"))
    nbformat.write(stored, file)
    (one,) = [s for s in sync(course.root, ["01"]) if s.status != "unchanged"]
    assert one.status == "synced", one.note
    again = load(lesson, course.root)
    assert [c.source for c in again.cells] == [
        ENGLISH[0],
        "Between.",
        "print(1 + 1)",
        "The very end.",
    ]
    assert (
        again.translations[0].text.startswith("Una suma")
        and again.translations[3].text == "El fin."
    )
    assert again.front.es is not None and again.front.es.title == "Una suma"
    assert re.search(r'of="' + fingerprint(ENGLISH[1]), lesson.read_text(encoding="utf-8"))


def test_an_edited_spanish_notebook_is_not_written_over(course: Course, lesson: Path) -> None:
    build(course.root, say=lambda line: None)
    file = course.root / "notebooks/es/01_sum.ipynb"
    stored = nbformat.read(file, as_version=4)
    stored.cells[3].source = "El final."
    nbformat.write(stored, file)
    lesson.write_text(
        lesson.read_text(encoding="utf-8").replace("El fin.", "Fin."), encoding="utf-8"
    )
    _, findings = build(course.root, ["01"], say=lambda line: None)
    assert "was edited since it was built" in findings[0].sentence
    assert "El final." in file.read_text(encoding="utf-8")
    build(course.root, ["01"], force=True, say=lambda line: None)
    assert "El final." not in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "head",
    [
        "#     es: nada\n",
        "#     es:\n#       title: Una\n",
        "#     es:\n#       title: Una\n#       objectives: [una]\n",
    ],
)
def test_half_a_spanish_head_is_refused(course: Course, head: str) -> None:
    path = course.notebook()
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("#     next:", head + "#     next:"), encoding="utf-8")
    with pytest.raises(KitError, match="`es` is not the head in Spanish"):
        load(path, course.root)
