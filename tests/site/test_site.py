"""The built site: opened from the disk, offline, searched; its links; its status page."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import offline_page
from tools import site_links, site_source, site_status, teaching

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("sphinx", "myst_nb", "sphinx_book_theme", "sphinx_design", "sphinx_copybutton")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole site but the slides, which have tests of their own; built once."""
    missing = [name for name in PARTS if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} not installed: the extra `site` has them")
    from tools import site as builder

    return builder.build(tmp_path_factory.mktemp("site") / "site", with_slides=False)


@pytest.fixture
def offline(browser: Any) -> Any:
    """A page without a network that notes what it asks for and what goes wrong."""
    with offline_page(browser, 1400, 900) as page:
        yield page


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_site_from_a_disk(site: Path, offline: Any) -> None:
    page = offline
    lesson = "notebooks/02_openness_spectrum.html"
    for name in ("index.html", lesson, "status.html", "api/determinism.html", "docs/teaching.html"):
        page.goto((site / name).as_uri())
        assert page.locator("h1").first.inner_text().strip()
    assert [url for url in page.asked if not url.startswith(("file:", "data:"))] == []
    assert page.errors == []

    # Every lesson is in the side bar, and a click leads there.
    page.goto((site / "index.html").as_uri())
    side = page.locator("nav.bd-links").first
    for entry in (e for e in teaching.lessons() if (ROOT / e.path).exists()):
        assert side.locator(f'a[href="{entry.path.replace(".ipynb", ".html")}"]').count() == 1
    side.locator(f'a[href="{lesson}"]').click()
    assert "The openness spectrum" in page.title()
    # Stored outputs, a picture with its words, a widget as text, no widget script.
    picture = page.locator(".cell_output img").first
    assert picture.evaluate("i => i.complete && i.naturalWidth > 0")
    assert len(picture.get_attribute("alt") or "") > 40
    assert "( ) all four" in page.locator("main").inner_text()
    assert page.locator("script[type*='widget']").count() == 0

    # Search works without a server.
    page.goto((site / "search.html").as_uri() + "?q=reproducible")
    results = page.locator("#search-results li a")
    results.first.wait_for()
    # Results appear one by one, as fast as the pages are read.
    results.and_(page.locator("[href*='02_openness_spectrum.html']")).first.wait_for()
    found = {results.nth(n).get_attribute("href").split("?")[0] for n in range(results.count())}
    assert any("02_openness_spectrum.html" in address for address in found)
    assert page.errors == []


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_links_of_the_site_lead_somewhere(site: Path) -> None:
    assert site_links.problems(site) == []
    # And the check itself sees what is wrong.
    page = site / "broken.html"
    page.write_text(
        '<a href="nowhere.html">x</a><a href="index.html#no-such">x</a>'
        '<script src="https://example.org/x.js"></script><img src="gone.png">',
        encoding="utf-8",
    )
    wrong = [line for line in site_links.problems(site) if line.startswith("broken.html")]
    page.unlink()
    assert len(wrong) == 4, wrong


def test_a_widget_is_replaced_by_its_text() -> None:
    notebook = {
        "metadata": {"widgets": {"state": 1}},
        "cells": [
            {"cell_type": "code", "source": ["guess"], "outputs": [{"data": {
                site_source.WIDGET: {}, "text/plain": ["( ) one"],
                "text/html": ['<a href="../labs/lab1_x.ipynb">l</a>'],
            }}]},
        ],
    }  # fmt: skip
    shown = site_source.readable(notebook)
    data = shown["cells"][0]["outputs"][0]["data"]
    assert site_source.WIDGET not in data and data["text/plain"] == ["( ) one"]
    assert 'href="../labs/lab1_x.html"' in data["text/html"]
    assert "widgets" not in shown["metadata"]


def test_every_stored_widget_has_a_text_or_is_a_bar() -> None:
    """What the site shows in its place; only bars that moved while a cell ran are left out."""
    for path in sorted(ROOT.glob("notebooks/*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                data = output.get("data", {})
                text = "".join(data.get("text/plain", []))
                if site_source.WIDGET in data and re.match(r"\w+\(", text):
                    assert "Progress" in text, (path.name, text[:80])


def test_status_page_says_what_ran(tmp_path: Path) -> None:
    check = tmp_path / "check.json"
    assert "No check was run" in site_status.status_page(check)
    book = {"executed": 12, "compared": 3, "skipped": 1, "failed": 0, "seconds": 4.25}
    check.write_text(json.dumps({
        "notebooks": {"00_start_here": book}, "seconds": 90.0, "skipped": ["no GPU here"],
        "tests": {"passed": 20, "failed": 0, "skipped": 1},
        "machine": {"python": "3.11.7", "system": "Linux x86_64", "cores": 2},
    }), encoding="utf-8")  # fmt: skip
    rates = {"Spanish": {"voz": 0.1333}}
    spoken = {"sentences": 6, "word_error_rate": rates, "measured": "2026-11-21T02:03:36"}
    (tmp_path / "speech.json").write_text(json.dumps({"round_trip": spoken}), encoding="utf-8")
    page = site_status.status_page(check)
    assert "| Spanish | voz | 13.3% |" in page
    assert "| 00_start_here | 12 | 3 | 1 | 0 | 4.2 |" in page
    assert "passed; 20 tests" in page and "- no GPU here" in page and "Python 3.11.7" in page
    result = json.loads(check.read_text(encoding="utf-8"))
    result["tests"]["failed"] = 2
    check.write_text(json.dumps(result), encoding="utf-8")
    assert "**2 failed**" in site_status.status_page(check)


def test_every_module_of_the_package_has_a_page() -> None:
    import pkgutil

    import selfhost

    names = {each.name for each in pkgutil.iter_modules(selfhost.__path__)} - {"__main__"}
    assert names - set(site_source.modules()) == set()
