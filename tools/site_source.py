"""What the site is made of: the kit's own texts, copied with their places, and made pages.

Notebooks keep their stored outputs. Where one has a widget, its text stands instead (every widget
of the kit has one): a widget on a page would need scripts from elsewhere and a kernel.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

from tools import teaching
from tools.decks import decks
from tools.site_status import status_page

ROOT = Path(__file__).resolve().parents[1]
KEPT = {"en": ["docs/handout", "docs/glossary"], "es": ["docs/hoja", "docs/glosario"]}
WIDGET = "application/vnd.jupyter.widget-view+json"
PAGES = (
    "README.md",
    "README.es.md",
    "CONTRIBUTING.md",
    "LICENSE.md",
    "NOTICES.md",
    "benchmarks/README.md",
    "course/README.md",
)


def assemble(target: Path, check: Path, slides: Path | None, solutions: bool = True) -> None:
    """Write the whole source of the site into `target`, which is emptied first."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    static = target / "_static"
    shutil.copytree(ROOT / "slides" / "theme" / "fonts", static / "fonts")
    shutil.copy(ROOT / "docs" / "site" / "site.css", static)
    shutil.copy(ROOT / "docs" / "site" / "conf.py", target)
    folders = ["notebooks", "labs", *(["solutions"] if solutions else [])]
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.ipynb")):
            if ".ipynb_checkpoints" not in path.parts:
                text = json.dumps(readable(json.loads(path.read_text(encoding="utf-8"))))
                _write(target / path.relative_to(ROOT), text)
    cards = sorted(ROOT.glob("models/*/README.md"))
    docs = sorted([*ROOT.glob("docs/*.md"), *ROOT.glob("course/notes/*.md")])
    docs += sorted([*ROOT.glob("deploy/*.md"), *ROOT.glob("deploy/*/*.md")])
    for path in [*(ROOT / name for name in PAGES), *docs, *cards]:
        place = path.relative_to(ROOT)
        _write(target / place, _body(path))
        for picture in path.parent.glob("*.png"):
            if picture.name in path.read_text(encoding="utf-8"):
                shutil.copy(picture, target / place.parent)
    if slides:
        for built in (slides, slides / "es"):
            copies = target / "_extra" / "slides" / built.relative_to(slides)
            copies.mkdir(parents=True, exist_ok=True)
            for path in sorted([*built.glob("*.html"), *built.glob("*.pdf")]):
                shutil.copy(path, copies)
            if (built / "notes").exists():
                shutil.copytree(built / "notes", copies / "notes")
    _write(target / "slides.md", slides_page(slides))
    _write(target / "status.md", status_page(check))
    api = modules()
    for name in api:
        _write(target / "api" / f"{name}.md", api_page(name))
    _write(target / "api" / "index.md", api_index(api))
    index = (ROOT / "docs" / "site" / "index.md").read_text(encoding="utf-8")
    _write(target / "index.md", index + contents(target, solutions))


def readable(notebook: dict[str, Any]) -> dict[str, Any]:
    """The notebook with the text of each widget in its place, and links to pages."""
    notebook.get("metadata", {}).pop("widgets", None)
    for cell in notebook["cells"]:
        source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            cell["source"] = source
        if "outputs" in cell:
            cell["outputs"] = [output for output in cell["outputs"] if not _mute(output)]
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            data.pop(WIDGET, None)
            if "text/html" in data:
                data["text/html"] = _linked("".join(data["text/html"]))
    return notebook


def _mute(output: dict[str, Any]) -> bool:
    """A widget without words of its own: a bar that moved while the cell ran."""
    data = output.get("data", {})
    return WIDGET in data and bool(re.match(r"\w+\(", "".join(data.get("text/plain", ""))))


def _linked(page: str) -> str:
    return re.sub(r'href="([^":]+)\.ipynb"', r'href="\1.html"', page)


def _body(path: Path) -> str:
    """A Markdown file as a page: its YAML head off, links out of the kit's texts as plain words."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)

    def link(match: re.Match[str]) -> str:
        words, goal = match[1], match[2].partition("#")[0]
        if re.match(r"[a-z]+:", goal) or not goal or goal.endswith((".md", ".ipynb", ".png")):
            return match[0]
        return words if words.startswith("`") else f"{words} (`{goal}`)"

    return re.sub(r"(?<!!)\[([^\]]+)\]\(([^)\s]+)\)", link, text)


def slides_page(built: Path | None) -> str:
    """The decks with their minutes, and links to their files."""
    lines = ["# Slides", "", "To project: the web page (press `p` for notes and clock, `f` for the"]
    lines += ["full screen, `o` for all slides at once). To print: the PDF. For the lectern: each"]
    lines += ["slide with its notes beside it, on paper.", ""]
    if built is None:
        lines += [
            ":::{note}",
            "The slides were not built on the machine that made this site.",
            ":::",
        ]
    lines += ["| deck | slides | minutes | |", "|---|---|---|---|"]
    for deck in [*decks(), *decks("es")]:
        folder = "" if deck.language == "en" else "es/"
        kinds = {
            f"{folder}{deck.name}.html": "web page",
            f"{folder}{deck.name}.pdf": "PDF",
            f"{folder}notes/{deck.name}.pdf": "with notes",
        }
        files = [
            f'<a href="slides/{name}">{words}</a>'
            for name, words in kinds.items()
            if built and (built / name).exists()
        ]
        title = deck.head["title"]
        rows = f"| {title} | {len(deck.slides)} | {deck.minutes:g} | {' · '.join(files)} |"
        lines.append(rows)
    return "\n".join(lines) + "\n"


def modules() -> list[str]:
    """The subject modules of the package, each with a page of its own."""
    folder = ROOT / "src" / "selfhost"
    found = [p.stem for p in folder.glob("[a-z]*.py")]
    found += [p.parent.name for p in folder.glob("[a-z]*/__init__.py") if p.parent.name != "data"]
    return sorted(found)


def api_page(name: str) -> str:
    """One module with its parts, documented from its docstrings."""
    folder = ROOT / "src" / "selfhost" / name
    parts = sorted(p.stem for p in folder.glob("[a-z]*.py")) if folder.is_dir() else []
    lines = [f"# selfhost.{name}", "", "```{eval-rst}", f".. automodule:: selfhost.{name}"]
    lines += ["   :ignore-module-all:", "```"]  # what it passes on is described where it is from
    for part in parts:
        module = f"selfhost.{name}.{part}"
        lines += ["", f"## {module}", "", "```{eval-rst}", f".. automodule:: {module}"]
        lines += ["   :ignore-module-all:", "```"]
    return "\n".join(lines) + "\n"


def api_index(names: list[str]) -> str:
    """All modules, one line each."""
    lines = ["# The helper package", "", "`selfhost`, one module for one subject.", ""]
    lines += ["```{toctree}", ":maxdepth: 1", "", *names, "```"]
    return "\n".join(lines) + "\n"


def contents(target: Path, solutions: bool) -> str:
    """The tables of contents that the side bar shows."""
    known = [lesson for lesson in teaching.lessons() if (target / lesson.path).exists()]
    order = [lesson.path.removesuffix(".ipynb") for lesson in known]
    answers = [p.replace("labs/", "solutions/") for p in order if p.startswith("labs/")]
    pages = [p.relative_to(target).with_suffix("").as_posix() for p in target.rglob("*.md")]
    taken = {
        "index",
        "slides",
        "status",
        "README",
        "README.es",
        "CONTRIBUTING",
        "LICENSE",
        "docs/teaching",
    }
    taken |= {*KEPT["en"], *KEPT["es"]}
    docs = sorted(p for p in pages if p.startswith("docs/") and p not in taken)
    notes = ["course/notes/README", *sorted(p for p in pages if p.startswith("course/notes/")
                                            and not p.endswith("README"))]  # fmt: skip
    models = sorted(p for p in pages if p.startswith(("models/", "deploy/")))
    spanish = [p.replace("/", "/es/", 1) for p in [*order, *(answers if solutions else [])]]
    there = [p for p in spanish if (target / f"{p}.ipynb").exists()]
    parts = {
        "The course": [*order, *KEPT["en"]],
        "Solutions": answers if solutions else [],
        "En español": ["README.es", *there, *KEPT["es"]],
        "Teaching": ["slides", "docs/teaching", *docs, *notes],
        "The kit": ["README", "CONTRIBUTING", "course/README", "benchmarks/README", "status",
                    *models, "api/index", "LICENSE", "NOTICES"],
    }  # fmt: skip
    text = ""
    for caption, entries in parts.items():
        if entries:
            listed = "\n".join(entries)
            text += f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{listed}\n```\n"
    return text


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
