"""`make slides`: the decks of slides/ as HTML and PDF files that need no network.

A deck is Markdown for Marp. Before Marp sees it, three things are put in, so that they stand in one
place only: the event (slides/event.yaml), the lessons that follow (title, minutes and objectives
come from the notebooks' own heads), and the alternative text of each figure (written by
tools/figures from the numbers it draws). Afterwards fonts and figures are put into the HTML, so
that one file is the whole deck. Marp CLI comes from npm, pinned by slides/package-lock.json.
"""

from __future__ import annotations

import argparse
import base64
import functools
import html
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jinja2
import yaml

from selfhost.determinism import at_most
from selfhost.errors import KitError
from tools import handout, teaching
from tools.decks import NOTE, OF, SLIDES, Deck, decks, stamp
from tools.run import program

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "build" / "slides"
# What arrived stays in npm's cache; without a network it says so in half a minute, not in four.
PATIENCE = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"]
FONTS = {
    ("IBM Plex Sans", 400, "normal"): "IBMPlexSans-Regular.woff",
    ("IBM Plex Sans", 600, "normal"): "IBMPlexSans-SemiBold.woff",
    ("IBM Plex Sans", 400, "italic"): "IBMPlexSans-Italic.woff",
    ("IBM Plex Mono", 400, "normal"): "IBMPlexMono-Regular.woff",
    ("IBM Plex Mono", 600, "normal"): "IBMPlexMono-SemiBold.woff",
}
WORDS = {
    "en": ("Afterwards you can", "minutes", "| | open | minutes |"),
    "es": ("Después sabrás", "minutos", "| | abre | minutos |"),
}
# Marp's progress bar takes five pixels from the slide, which then stands between two black stripes.
BAR = """<style>
body[data-bespoke-view=""] .bespoke-progress-parent {
  position: absolute; z-index: 2; top: 0; left: 0; height: 4px; background: none }
body[data-bespoke-view=""] .bespoke-progress-parent + .bespoke-marp-parent { top: 0 }
</style></head>"""
PICTURE = re.compile(r"!\[\]\((?:\.\./figures/es|figures)/([\w-]+)\.svg\)")


def event(language: str = "en") -> dict[str, str]:
    """Place, date, teacher and contact of this edition, in the words for that language."""
    given = yaml.safe_load((SLIDES / "event.yaml").read_text(encoding="utf-8")) or {}
    names = ("place", "date", "teacher", "contact")
    given |= given.get(language) or {}
    missing = {*names} - set(given)
    if missing:
        raise KitError(f"slides/event.yaml lacks {', '.join(sorted(missing))}.", "add the lines")
    return {name: html.escape(str(given[name])) for name in names}


def hands_on(*names: str, language: str = "en") -> str:
    """The body of a slide that hands over to notebooks or labs, made from their own heads."""
    known = {lesson.name: lesson for lesson in teaching.lessons()}
    absent = [name for name in names if name not in known]
    if absent:
        raise KitError(f"There is no lesson {', '.join(absent)}.", "look at course/ for its name")
    chosen = [known[name] for name in names]
    after, minutes, table = WORDS[language]
    if len(chosen) == 1:
        (lesson,) = chosen
        label, path = named(lesson, language)
        goals = lesson.objectives if language == "en" else spanish(lesson)["objectives"]
        listed = "\n".join(f"- {goal}" for goal in goals)
        short = label.partition(":")[0]
        return f"**{short}** · {lesson.minutes} {minutes} · `{path}`\n\n{after}\n\n{listed}"
    rows = "\n".join(
        f"| **{label}** | `{path}` | {lesson.minutes} |"
        for lesson in chosen for label, path in [named(lesson, language)]
    )  # fmt: skip
    return f"{table}\n|---|---|---|\n{rows}"


def named(lesson: teaching.Lesson, language: str) -> tuple[str, str]:
    """(label, path) of a lesson: of its Spanish edition where there is one."""
    if language == "en":
        return lesson.label, lesson.path
    kind = "Práctica" if lesson.is_lab else "Cuaderno"
    label = f"{kind} {lesson.number.removeprefix('lab ')}: {title(lesson, language)}"
    if lesson.es:
        return label, lesson.path.replace("/", "/es/")
    return f"{label} (en\u00a0inglés)", lesson.path


def title(lesson: teaching.Lesson, language: str) -> str:
    """The lesson's title in the language of the slides."""
    return lesson.title if language == "en" else str(spanish(lesson)["title"])


def spanish(lesson: teaching.Lesson) -> dict[str, Any]:
    """Title and objectives in Spanish: from the lesson's head, or from slides/es/lessons.yaml."""
    if lesson.es:
        return lesson.es
    listed = yaml.safe_load((SLIDES / "es" / "lessons.yaml").read_text(encoding="utf-8"))
    if lesson.name not in listed:
        raise KitError(f"{lesson.name} has no Spanish title.", "add it to slides/es/lessons.yaml")
    found: dict[str, Any] = listed[lesson.name]
    return found


def percent(share: float, language: str) -> str:
    """0.139 as `13.9 %`, with the language's decimal sign."""
    text = f"{share:.1%}".replace("%", " %")
    return text.replace(".", ",") if language == "es" else text


def figure(name: str, language: str) -> str:
    """Where a figure lies, seen from the deck that shows it."""
    return f"figures/{name}.svg" if language == "en" else f"../figures/{language}/{name}.svg"


def alternatives(language: str) -> dict[str, str]:
    """Name of each figure -> what it shows, in words."""
    table = SLIDES / figure("alt", language).removeprefix("../")
    found: dict[str, str] = json.loads(table.with_suffix(".json").read_text(encoding="utf-8"))
    return found


def written(deck: Deck, alts: dict[str, str]) -> str:
    """The deck's Markdown with event, lessons and alternative texts put in."""
    env = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    try:
        source = OF.sub("", deck.path.read_text(encoding="utf-8"))
        # Each line of a note is a paragraph in the presenter's view.
        source = NOTE.sub(lambda note: note[0].replace("\n", "\n\n"), source)
        text = env.from_string(source).render(
            event=event(deck.language),
            hands_on=functools.partial(hands_on, language=deck.language),
            at_most=lambda n: percent(at_most(n), deck.language),
            titles={x.name: title(x, deck.language) for x in teaching.lessons()},
        )
    except jinja2.TemplateError as error:
        raise KitError(f"slides/{deck.path.name}: {error}.", "look at the {{ }} in it") from None

    def with_alt(match: re.Match[str]) -> str:
        if match[0] != f"![]({figure(match[1], deck.language)})":
            raise KitError(
                f"{deck.path.name} shows figure {match[1]} in the other language.",
                f"write {figure(match[1], deck.language)}",
            )
        if match[1] not in alts:
            raise KitError(
                f"{deck.path.name} shows figure {match[1]}, which nobody draws.", "make figures"
            )
        return f"![{alts[match[1]]}]({figure(match[1], deck.language).removeprefix('../')})"

    return PICTURE.sub(with_alt, text)


def theme() -> str:
    """The theme with its fonts inside, as data addresses."""
    faces = []
    for (family, weight, style), file in FONTS.items():
        data = base64.b64encode((SLIDES / "theme" / "fonts" / file).read_bytes()).decode()
        faces.append(
            f'@font-face{{font-family:"{family}";font-weight:{weight};font-style:{style};'
            f'src:url("data:font/woff;base64,{data}") format("woff")}}'
        )
    css = (SLIDES / "theme" / "selfhost.css").read_text(encoding="utf-8")
    return css + "\n" + "\n".join(faces) + "\n"


def inlined(page: str) -> str:
    """The page with its figures inside, and the progress bar over the slide, not above it."""

    def data(match: re.Match[str]) -> str:
        content = (SLIDES / "figures" / match[1]).read_bytes()
        return f'src="data:image/svg+xml;base64,{base64.b64encode(content).decode()}"'

    page = page.replace("</head>", BAR, 1)
    return re.sub(r'src="figures/((?:es/)?[\w-]+\.svg)"', data, page)


def marp() -> list[str]:
    """The command that runs Marp CLI, installed first if it is not there."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if not npm or not node:
        raise KitError(
            "Marp, which makes slides from Markdown, runs on Node.js, and there is none here.",
            "install Node.js 20 or newer (Debian: apt install nodejs npm), then make slides",
        )
    program_file = SLIDES / "node_modules" / "@marp-team" / "marp-cli" / "marp-cli.js"
    lock = SLIDES / "package-lock.json"
    stamp = SLIDES / "node_modules" / ".package-lock.json"
    if not program_file.exists() or stamp.stat().st_mtime < lock.stat().st_mtime:
        print("Installing Marp CLI from npm (once; about 140 MB)", flush=True)
        if subprocess.run([npm, "ci", "--ignore-scripts", *PATIENCE], cwd=SLIDES).returncode:
            raise KitError(
                "npm could not install Marp CLI.", "look at npm's words above; make slides"
            )
    return [node, str(program_file), "--no-stdin", "--config-file", str(SLIDES / "marp.config.mjs")]


def browser() -> str:
    """A Chromium for the PDF files."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    found = os.environ.get("SELFHOST_CHROMIUM") or next(
        filter(None, map(shutil.which, names)), None
    )
    if found is None:
        raise KitError(
            "PDF files are printed by Chromium or Chrome, and there is none here.",
            "make slides PDF=no, or install one (Debian: apt install chromium)",
        )
    return found


def build(names: list[str], pdf: bool = True, out: Path = OUT, language: str = "en") -> list[Path]:
    """Write the decks whose names start with one of `names` (all if empty); the files written.

    The Spanish ones go into a folder `es`.
    """
    chosen = [deck for deck in decks(language) if not names or deck.name.startswith(tuple(names))]
    out = out if language == "en" else out / language
    if not chosen:
        raise KitError("No deck has that name.", "make slides")
    work = out / "source"
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(SLIDES / "figures", work / "figures")
    (work / "selfhost.css").write_text(theme(), encoding="utf-8")
    for deck in chosen:
        (work / deck.path.name).write_text(written(deck, alternatives(language)), encoding="utf-8")
    base = [*marp(), "--theme-set", str(work / "selfhost.css"), "--output", str(out)]
    env = {**os.environ}
    _run([*base, "--input-dir", str(work)], env)
    files = [out / f"{deck.name}.html" for deck in chosen]
    for file in files:
        file.write_text(inlined(file.read_text(encoding="utf-8")), encoding="utf-8")
    if pdf:
        env |= {"CHROME_PATH": browser(), "CHROME_NO_SANDBOX": "true"}
        _run([*base, "--pdf", "--pdf-outlines", "--pdf-notes", "--input-dir", str(work)], env)
        files += [out / f"{deck.name}.pdf" for deck in chosen]
        bare = [*base[:-1], str(work / "bare"), "--template", "bare"]
        _run([*bare, "--input-dir", str(work)], env)
        files += handout.on_paper(chosen, work / "bare", out / "notes", browser(), inlined)
    return files


def _run(command: list[str], env: dict[str, str]) -> None:
    answer = subprocess.run(
        command, cwd=SLIDES, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, encoding="utf-8", errors="replace",
    )  # fmt: skip
    if answer.returncode:
        raise KitError(f"Marp stopped: {answer.stdout[-600:].strip()}", "make slides")


def main(arguments: list[str] | None = None) -> int:
    """Build, and say where the files are."""
    parser = argparse.ArgumentParser(prog="tools.slides", description=__doc__)
    parser.add_argument("names", nargs="*", help="only these decks, e.g. 2")
    parser.add_argument("--pdf", default="yes", help="no: HTML only")
    parser.add_argument("--language", choices=("en", "es", "both"), default="both")
    parser.add_argument(
        "--stamp", action="store_true", help="the Spanish slides agree with the English ones"
    )
    asked = parser.parse_args(arguments)
    if asked.stamp:
        print(f"{len(stamp())} Spanish decks now carry what they are of")
        return 0
    count = 0
    for language in ("en", "es") if asked.language == "both" else (asked.language,):
        files = build(asked.names, pdf=asked.pdf != "no", language=language)
        count += len(files)
        for deck in decks(language):
            if any(file.stem == deck.name for file in files):
                place = deck.path.relative_to(SLIDES).with_suffix("").as_posix()
                print(f"{place}: {len(deck.slides)} slides, {deck.minutes:g} minutes")
    print(f"{count} files in build/slides/")
    return 0


if __name__ == "__main__":
    program(main)
