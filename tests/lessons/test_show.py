"""Pictures with words, tables with a text twin."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from selfhost import show


def test_table_in_text_and_html() -> None:
    table = show.table([("a & b", 1234567), ("c", 2)], ["name", "number"], "Some things")
    assert repr(table).splitlines() == [
        "Some things",
        "name      number",
        "-----  ---------",
        "a & b  1\u202f234\u202f567",
        "c              2",
    ]
    page = table._repr_html_()
    assert "a &amp; b" in page
    assert '<th scope="col"' in page
    assert "<caption" in page


def test_table_from_mappings_keeps_every_column() -> None:
    table = show.table([{"x": True}, {"x": False, "y": None}])
    assert table.columns == ["x", "y"]
    assert table.rows == [["yes", ""], ["no", ""]]


def test_table_refuses_ragged_rows() -> None:
    with pytest.raises(ValueError, match="3 cells"):
        show.table([(1, 2, 3)], ["a", "b"])


@pytest.mark.parametrize(
    ("octets", "said"),
    [(0, "0 B"), (999, "999 B"), (5_549_344, "5.5 MB"), (806_058_240, "806.1 MB"),
     (2 * 10**12, "2000.0 GB")],
)  # fmt: skip
def test_size(octets: int, said: str) -> None:
    assert show.size(octets) == said


def test_picture_shows_the_words_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    import IPython.display

    shown: list[Any] = []
    monkeypatch.setattr(IPython.display, "display", shown.append)
    fig = show.bars(["a", "b"], [1, 2], title="Two bars", unit="apples")
    show.picture(fig, "Bar b is twice as long as bar a & that is all.")
    image, words = shown
    assert image.data.startswith(b"\x89PNG")
    assert image.alt == "Bar b is twice as long as bar a & that is all."
    assert "a &amp; that" in words.data


def test_picture_without_words_is_refused() -> None:
    with pytest.raises(ValueError, match="words"):
        show.picture(show.figure()[0], "  ")


def test_the_same_picture_is_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    import IPython.display

    shown: list[Any] = []
    monkeypatch.setattr(IPython.display, "display", shown.append)
    for _ in range(2):
        show.picture(show.bars(["a"], [1], title="t", unit="u"), "one bar")
    assert shown[0].data == shown[2].data


def test_bars_label_what_the_font_lacks(recwarn: pytest.WarningsRecorder) -> None:
    fig = show.bars(["ñ", "\U0001f600", "日"], [1, 2, 3], title="t", unit="u")
    labels = [label.get_text() for label in fig.axes[0].get_yticklabels()]
    assert labels == ["ñ", "<U+1F600>", "<U+65E5>"]
    fig.canvas.draw()
    assert not [w for w in recwarn if "Glyph" in str(w.message)]


def test_import_is_light() -> None:
    code = "import sys, selfhost.show; print('matplotlib' in sys.modules, 'IPython' in sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert said.stdout.split() == ["False", "False"]


def test_panels_share_one_scale() -> None:
    fig = show.panels(["a", "b"], {"one": [0.9, 0.1], "two": [0.3, 0.02]}, unit="share")
    assert len({ax.get_xlim() for ax in fig.axes}) == 1
    marks = [text.get_text() for ax in fig.axes for text in ax.texts]
    assert marks == ["90%", "10%", "30%", "2.0%"]


def test_a_dash_among_numbers_leaves_the_column_to_the_right() -> None:
    given = show.table([("a", "1.5", "–"), ("b", "–", "–")], ["name", "seconds", "none"])
    assert given._right == [False, True, False]
