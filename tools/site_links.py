"""Are all links and files of a built site there? Read from its pages, without a browser."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

FETCHED = {"script": "src", "img": "src", "source": "src", "iframe": "src", "video": "src"}
FETCHED_LINKS = {"stylesheet", "icon", "preload", "modulepreload", "shortcut"}


class _Page(HTMLParser):
    """Collects what a page links to, what it fetches, and the anchors that it has."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.anchors |= {values[name] for name in ("id", "name") if name in values}
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        elif tag == "link" and set(values.get("rel", "").split()) & FETCHED_LINKS:
            self.fetched.append(values.get("href", ""))
        elif tag in FETCHED and values.get(FETCHED[tag]):
            self.fetched.append(values[FETCHED[tag]])


def problems(site: Path) -> list[str]:
    """Sentences about links that lead nowhere and files that lie elsewhere."""
    pages: dict[Path, _Page] = {}
    for path in sorted(site.rglob("*.html")):
        page = _Page()
        page.feed(path.read_text(encoding="utf-8"))
        pages[path.resolve()] = page
    wrong = []
    for path, page in pages.items():
        name = path.relative_to(site.resolve()).as_posix()
        for address in page.fetched:
            if urlsplit(address).scheme not in ("", "data") or address.startswith("//"):
                wrong.append(f"{name} fetches {address}")
            elif not address.startswith("data:") and not _file(path, address).exists():
                wrong.append(f"{name} fetches {address}, which is not there")
        for address in page.links:
            parts = urlsplit(address)
            if parts.scheme or address.startswith("//"):
                continue  # to the world, for those who have a network
            goal = _file(path, address) if parts.path else path
            if not goal.exists():
                wrong.append(f"{name} links to {address}, which is not there")
            elif parts.fragment and goal in pages:
                anchors = pages[goal].anchors
                if "/slides/" not in goal.as_posix() and unquote(parts.fragment) not in anchors:
                    wrong.append(f"{name} links to {address}: no such place on that page")
    return wrong


def _file(page: Path, address: str) -> Path:
    path = unquote(urlsplit(address).path)
    goal = (page.parent / path).resolve()
    return goal / "index.html" if path.endswith("/") else goal
