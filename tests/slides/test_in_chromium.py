"""The built decks in a real browser: nothing overflows, nothing is fetched, everybody can read."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from selfhost.errors import KitError
from tests.conftest import offline_page
from tools import slides
from tools.decks import decks

ROOT = Path(__file__).resolve().parents[2]
DECKS = {deck.name: deck for deck in decks()}
DECKS |= {f"es/{deck.name}": deck for deck in decks("es")}
AXE = ROOT / "slides" / "node_modules" / "axe-core" / "axe.min.js"
# Content boxes that stick out of their slide, or lie under its foot line, by more than a pixel.
OVERFLOW = """
(PARTS) => [...document.querySelectorAll('svg[data-marpit-svg]')].flatMap((frame, index) => {
  const section = frame.querySelector('section');
  const box = section.getBoundingClientRect(), scale = box.width / 1280;
  const foot = section.querySelector('footer');
  const floor = foot ? foot.getBoundingClientRect().top : box.bottom - 24 * scale;
  const wrong = [];
  for (const part of section.querySelectorAll(PARTS)) {
    const at = part.getBoundingClientRect();
    if (at.width === 0) continue;
    const absolute = getComputedStyle(part).position === 'absolute';
    if (at.bottom > (absolute ? box.bottom : floor) + 1 || at.right > box.right - 20 * scale ||
        at.left < box.left || at.top < box.top ||
        part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).display !== 'inline')
      wrong.push(`slide ${index + 1}: <${part.tagName}> ${part.textContent.slice(0, 40)}`);
  }
  return wrong;
})
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All decks as HTML, built once."""
    if not shutil.which("npm"):
        pytest.skip("no Node.js here, which makes the slides (Debian: apt install nodejs npm)")
    out = tmp_path_factory.mktemp("slides")
    try:
        slides.build([], pdf=False, out=out)
        slides.build([], pdf=False, out=out, language="es")
    except KitError as error:
        if "npm could not install" in str(error):
            pytest.skip(f"Marp CLI is not installed and cannot be fetched: {error}")
        raise
    return out


@pytest.fixture
def deck_page(browser: Any) -> Any:
    """A page at the slides' own size, offline, that notes what it asks for."""
    with offline_page(browser, 1280, 720) as page:
        yield page


@pytest.mark.browser
@pytest.mark.parametrize("name", DECKS)
def test_deck(name: str, built: Path, deck_page: Any) -> None:
    page, deck = deck_page, DECKS[name]
    page.goto((built / f"{name}.html").as_uri())
    page.evaluate("document.fonts.ready")

    # One file: no request but for itself and what lies in it.
    assert [url for url in page.asked if not url.startswith(("file:", "data:"))] == []
    assert [url for url in page.asked if url.startswith("file:")] == [page.url]
    assert page.errors == []
    loaded = "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family)"
    assert any("IBM Plex Sans" in family for family in page.evaluate(loaded))

    # The slide has the whole screen; Marp's progress bar lies over it.
    frame = page.locator("svg[data-marpit-svg]").first.bounding_box()
    assert frame == {"x": 0, "y": 0, "width": 1280, "height": 720}

    assert page.locator("svg[data-marpit-svg]").count() == len(deck.slides)
    assert page.locator(".bespoke-marp-note").count() == len(deck.slides)
    # All slides side by side, each at its full size.
    page.add_style_tag(content=SIDE_BY_SIDE)
    assert page.evaluate(OVERFLOW, ":scope > :not(header):not(footer), pre, td, .card") == []

    pictures = page.locator("section img")
    for number in range(pictures.count()):
        picture = pictures.nth(number)
        assert len(picture.get_attribute("alt") or "") >= 40
        assert picture.evaluate("i => i.complete && i.naturalWidth > 0")

    assert AXE.exists(), "axe-core comes with Marp: make slides"
    page.add_script_tag(path=str(AXE))
    found = page.evaluate(
        """async () => (await axe.run(document, {
             runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'],
             resultTypes: ['violations']})).violations
           .map(v => `${v.id}: ${v.nodes.map(n => n.html.slice(0, 90)).slice(0, 3).join(' | ')}`)"""
    )
    assert found == []


SIDE_BY_SIDE = """
  .bespoke-marp-osc, .bespoke-progress-parent { display: none !important }
  .bespoke-marp-parent, .bespoke-marp-parent > * {
    position: static !important; overflow: visible !important }
  svg[data-marpit-svg] { position: static !important; display: block !important;
    opacity: 1 !important;
    content-visibility: visible !important; visibility: visible !important;
    width: 1280px !important; height: 720px !important; z-index: 0 !important; }
  body, html { overflow: visible !important; height: auto !important }
"""


def test_nothing_in_the_pages_names_another_host_but_links(built: Path) -> None:
    """The one address in Marp's own script is that of its licence notice, in a comment."""
    for path in sorted(built.glob("*.html")):
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"/\*!! License: https://unpkg\.com/\S+ \*/", "", text)
        fetched = re.findall(r"""(?:src|href)=["']?(https?://[^"' >]+)""", text)
        fetched += re.findall(r"""url\(["']?(https?://[^"')]+)""", text)
        links = re.findall(r'<a [^>]*href="(https?://[^"]+)"', text)
        assert set(fetched) - set(links) == set(), path.name
        assert "unpkg" not in text and "jsdelivr" not in text, path.name
