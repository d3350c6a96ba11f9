"""The sheet to keep: one in both languages, with figures that were measured, on two sides of A4."""

from __future__ import annotations

import importlib.util
import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from selfhost import sizing
from selfhost.determinism import at_most
from tools import site_source

ROOT = Path(__file__).resolve().parents[2]
SHEETS = {"en": ROOT / "docs" / "handout.md", "es": ROOT / "docs" / "hoja.md"}


def text(language: str) -> str:
    return SHEETS[language].read_text(encoding="utf-8")


def numbers(language: str) -> list[str]:
    """All numbers outside code, written in one way."""
    words = re.sub(r"`[^`]*`", "", text(language))
    if language == "es":
        words = re.sub(r"(?<=\d) (?=\d{3}\b)", "", re.sub(r"(?<=\d),(?=\d)", ".", words))
    else:
        words = re.sub(r"(?<=\d),(?=\d{3}\b)", "", words)
    return re.findall(r"\d+(?:\.\d+)?(?:e-\d+)?", words)


def stored(notebook: str) -> str:
    """What the cells of a notebook printed, as text."""
    cells = json.loads((ROOT / f"notebooks/{notebook}.ipynb").read_text(encoding="utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    found = [o.get("text") or o.get("data", {}).get("text/plain", "") for o in outputs]
    return "\n".join("".join(part) for part in found)


def test_both_languages_have_the_same_numbers_and_commands() -> None:
    assert sorted(numbers("en")) == sorted(numbers("es"))
    codes = [sorted(set(re.findall(r"`[^`]+`", text(language)))) for language in SHEETS]
    assert codes[0] == codes[1]
    tables = [re.findall(r"^\|", text(language), re.MULTILINE) for language in SHEETS]
    assert len(tables[0]) == len(tables[1])


def test_the_figures_on_bits_are_those_that_notebook_09_stored() -> None:
    rows = re.findall(r"^\| ((?:I?Q\w+|F16)) \| (.+) \|$", text("en"), re.MULTILINE)
    assert len(rows) == 7
    results = stored("09_quantization")
    scores = []
    for kind, cells in rows:
        size, bits, divergence, same = cells.split(" | ")
        found = next(re.finditer(rf"^{kind} .*% +\d+%$", results, re.MULTILINE))[0].split()
        # type, size, unit, bits per weight, load, read, write, perplexity, KL, 99 %, same, score
        assert [f"{found[1]} {found[2]}", found[3], found[8], found[10]] == [
            size, bits, divergence, same
        ]  # fmt: skip
        scores.append(int(found[11].rstrip("%")))
    assert f"{min(scores)} to {max(scores)} %" in text("en")
    assert "1500 positions" in results and "10 questions from each of 4" in results
    assert "standard error about 6%" in results


def test_the_figures_on_memory_are_computed_and_stored() -> None:
    shape = sizing.published_shapes()["qwen3:8b"]
    assert (shape.layers, shape.kv_heads[0], shape.head_dim) == (36, 8, 128)
    assert sum(sizing.kv_cache(shape, 32_768)) == 36 * 8 * 128 * 2 * 2 * 32_768
    results = stored("04_hardware_and_money")
    for words in (
        "with 3.3 GB, without 16.6 GB",
        "file 0.806 GB, 6.4 bits",
        "file 2.490 GB, 5.1 bits",
        "weights                  4.1 GB",
        "together                 5.7 GB",
        "for 4 users with 8,192 tokens",
    ):
        assert words in results, words


def test_the_figures_on_repeating_are_computed_and_stored() -> None:
    shares = [round(100 * at_most(runs - 1)) for runs in (10, 100, 300)]
    assert shares == [28, 3, 1]
    assert "10 runs 28 %, 100 runs 3 %, 300 runs 1 %" in text("en")
    results = stored("14_determinism")
    crowd = re.findall(r"^amid .*?(\d) of 9 +(\S+) +100", results, re.MULTILINE)
    assert [texts for texts, _ in crowd] == ["0"] * 3
    assert [f"{float(crowd[n][1]):.5f}" for n in (0, -1)] == ["0.00006", "0.00011"]
    settings = dict(re.findall(r"^(.+?) {2,}(\S+) +0$", results, re.MULTILINE))
    assert (settings["flash attention"][:5], settings["KV cache in float32"][:5]) == (
        "0.007", "0.004"
    )  # fmt: skip
    assert settings["2 threads"] == "0"


@pytest.mark.parametrize("command", sorted(set(re.findall(r"`selfhost ([^`]+)`", text("en")))))
def test_its_commands_exist(command: str) -> None:
    """Up to the first word that is a name of the reader's: the parser knows these words."""
    words = shlex.split(command)
    answer = subprocess.run(
        [sys.executable, "-m", "selfhost", *words[: 2 if words[0] in {"endpoint", "models",
         "openness", "apis"} else 1], "--help"],
        capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    for option in (word for word in words if word.startswith("--")):
        assert option in answer.stdout


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of the two sheets and the two glossaries alone, built as the whole one is."""
    parts = ("sphinx", "myst_nb", "sphinx_book_theme", "sphinx_design", "sphinx_copybutton")
    missing = [name for name in parts if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} not installed: the extra `site` has them")
    source = tmp_path_factory.mktemp("sheet") / "source"
    (source / "docs").mkdir(parents=True)
    shutil.copytree(ROOT / "slides" / "theme" / "fonts", source / "_static" / "fonts")
    shutil.copy(ROOT / "docs" / "site" / "site.css", source / "_static")
    shutil.copy(ROOT / "docs" / "site" / "conf.py", source)
    names = [*site_source.KEPT["en"], *site_source.KEPT["es"]]
    for name in names:
        shutil.copy(ROOT / f"{name}.md", source / f"{name}.md")
    listed = "\n".join(names)
    (source / "index.md").write_text(f"# All\n\n```{{toctree}}\n{listed}\n```\n", encoding="utf-8")
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", str(source)]
    answer = subprocess.run(
        [*command, str(source.parent / "out")], capture_output=True, text=True, encoding="utf-8"
    )
    assert answer.returncode == 0, answer.stderr
    return source.parent / "out"


@pytest.mark.parametrize("name", ["handout", "hoja"])
def test_it_is_printed_on_two_sides_of_a4(pages: Path, page: Any, name: str) -> None:
    page.goto((pages / "docs" / f"{name}.html").as_uri())
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2
    boxes = set(re.findall(rb"/MediaBox\s*\[([^\]]+)\]", printed))
    assert all([round(float(n)) for n in box.split()[2:]] == [595, 842] for box in boxes) and boxes
    # What is printed is the sheet alone, in letters that can be read.
    page.emulate_media(media="print")
    assert page.locator(".bd-sidebar-primary").is_hidden()
    small = page.evaluate("Math.min(...[...document.querySelectorAll('article td, article p')]"
                          ".map(e => parseFloat(getComputedStyle(e).fontSize)))")  # fmt: skip
    assert small >= 10, "smaller than 7.5 points"
    widest = page.evaluate("Math.max(...[...document.querySelectorAll('article table')]"
                           ".map(e => e.scrollWidth - e.parentElement.clientWidth))")  # fmt: skip
    assert widest <= 1, "a table is wider than the paper"
