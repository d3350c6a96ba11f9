"""The commands that make what a teacher shows and hands out: figures, slides, site."""

from __future__ import annotations

from tools.house import environment
from tools.house.child import options, start
from tools.house.line import Asked, Command


def slides(asked: Asked) -> int:
    """The decks as HTML and PDF."""
    env = environment.ensure("check", here=asked.here)
    return start(env, "-m", "tools.slides", *options(asked, "PDF"), *_names(asked, "DECK"))


def figures(asked: Asked) -> int:
    """Draw the slides' figures."""
    env = environment.ensure("check", here=asked.here)
    measure = ["--measure"] if asked.values.get("MEASURE", "no") == "yes" else []
    return start(env, "-m", "tools.figures", *measure, *_names(asked, "FIGURE"))


def site(asked: Asked) -> int:
    """Everything as pages that open from a disk."""
    env = environment.ensure("check", here=asked.here)
    return start(env, "-m", "tools.site", *options(asked, "SLIDES", "PDF", "SOLUTIONS"))


def _names(asked: Asked, setting: str) -> list[str]:
    return asked.values.get(setting, "").split()


COMMANDS: dict[str, Command] = {
    "slides": Command(
        "build the slides into build/slides/ (needs Node.js)",
        {"DECK": "only this one, e.g. 2", "PDF": "no: HTML only, without Chromium"},
        slides,
    ),
    "figures": Command(
        "draw the slides' figures into slides/figures/",
        {"FIGURE": "only this one", "MEASURE": "yes: make the measurements behind them anew"},
        figures,
    ),
    "site": Command(
        "build the site into build/site/: notebooks with outputs, slides, docs, API, status",
        {
            "SLIDES": "no: without the slides",
            "PDF": "no: slides as HTML only",
            "SOLUTIONS": "no: without the labs' solutions",
        },
        site,
    ),
}
