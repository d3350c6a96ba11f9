"""The decks on paper: every slide with its notes beside it, for a lectern without a second screen.

A deck's PDF is for the projector; it carries the notes as comments, which hardly any program
prints. Here Marp's bare page, without the player, is cut into its slides and set on A4.
"""

from __future__ import annotations

import html
import re
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from selfhost.errors import KitError
from tools.decks import NOTE, Deck

FRAME = re.compile(r"<svg data-marpit-svg.*?</svg>", re.DOTALL)
LABEL = re.compile(r"^([A-ZÁÉÍÓÚ][^:.!?«“\"(]{1,40}):")
CODE = re.compile(r"`([^`]+)`")
WORDS = {"en": ("slides", "minutes"), "es": ("diapositivas", "minutos")}
STYLE = """<style>
@page { size: A4; margin: 13mm 12mm }
html, body { background: #fff; margin: 0; padding: 0; overflow: visible; height: auto }
body { display: block; font: 9.4pt/1.36 "IBM Plex Sans", "DejaVu Sans", sans-serif; color: #18222f }
body > h1 { font-size: 17pt; margin: 0 0 1mm } body > p { margin: 0 0 4mm; color: #55606e }
article { display: grid; grid-template-columns: 88mm 1fr; gap: 6mm; break-inside: avoid;
  border-top: .3mm solid #d9d5ca; padding: 3mm 0 }
article > svg[data-marpit-svg] { display: block !important; width: 88mm !important;
  position: static; height: 49.5mm !important; outline: .2mm solid #b8b3a6; opacity: 1;
  visibility: visible }
article > svg > foreignObject > section {
  break-before: auto !important; break-after: auto !important }
article [data-marpit-fragment] { visibility: visible !important }
article > div > p { margin: 0 0 1.4mm } .at { font-weight: 600; color: #005a92 }
article > div code { font: 8.6pt "IBM Plex Mono", monospace }
</style></head>"""


def paragraphs(note: str) -> str:
    """A note's lines as paragraphs, with their first word in bold where it says what to do."""
    rows = []
    for line in filter(None, map(str.strip, note.splitlines())):
        text = CODE.sub(r"<code>\1</code>", html.escape(line, quote=False))
        text = LABEL.sub(r"<strong>\1:</strong>", text)
        rows.append(f"<p>{text}</p>")
    return "".join(rows)


def sheet(page: str, deck: Deck) -> str:
    """The page for print, from the one that Marp makes of the deck with its bare template.

    Raises `KitError` where the page has not the deck's slides.
    """
    head, body = page.split("<body", 1)
    body = body.split("<script", 1)[0] + "</foreignObject></svg>"  # Marp's own, inside the last one
    frames = FRAME.findall(body)
    if len(frames) != len(deck.slides):
        raise KitError(
            f"{deck.name} has {len(deck.slides)} slides, its page {len(frames)}.", "make slides"
        )
    slides, minutes = WORDS[deck.language]
    title = html.escape(str(deck.head["title"]))
    rows = [
        f"<h1>{title}</h1><p>{len(deck.slides)} {slides} · {deck.minutes:g} {minutes}</p>",
    ]
    for number, (frame, slide) in enumerate(zip(frames, deck.slides, strict=True), 1):
        note = NOTE.search(slide)
        words = paragraphs(note[2].lstrip(". ")) if note else ""
        at = f'<p class="at">{number} · {deck.minutes_of(number):g} min</p>'
        rows.append(f"<article>{frame}<div>{at}{words}</div></article>")
    return head.replace("</head>", STYLE, 1) + "<body>" + "".join(rows) + "</body></html>"


def printed(page: Path, pdf: Path, browser: str) -> Path:
    """The page as a PDF file. Raises `KitError` with the browser's words if it cannot."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        answer = subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
             f"--user-data-dir={profile}", f"--print-to-pdf={pdf}", page.resolve().as_uri()],
            capture_output=True, text=True, encoding="utf-8", errors="replace", timeout=300,
        )  # fmt: skip
    if answer.returncode or not pdf.exists():
        raise KitError(f"The notes were not printed: {answer.stderr[-400:].strip()}", "make slides")
    return pdf


def on_paper(
    decks: list[Deck], bare: Path, out: Path, browser: str, inlined: Callable[[str], str]
) -> list[Path]:
    """The PDF files of `decks`, from Marp's bare pages; `inlined` puts the figures into a page."""
    out.mkdir(exist_ok=True)
    for deck in decks:
        page = bare / f"{deck.name}.html"
        text = sheet(inlined(page.read_text(encoding="utf-8")), deck)
        page.write_text(text, encoding="utf-8")
    return [printed(bare / f"{d.name}.html", out / f"{d.name}.pdf", browser) for d in decks]
