"""Explore the openness of models: choose one and read its card, or build a release of your own."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from typing import Any

from selfhost.openness import CLASSES, Item, Release, components, judge
from selfhost.openness.catalogue import catalogue
from selfhost.openness.compare import answer
from selfhost.openness.freedoms import FREEDOMS
from selfhost.openness.report import briefly, lines
from selfhost.openness.verdict import Verdict
from selfhost.widgets import Shown

_HERE, _PASSED, _AHEAD = "#0072B2", "#56B4E9", "#eeeeee"
LICENCES = (
    "Apache-2.0", "MIT", "CC-BY-4.0", "OpenMDW-1.0", "CC-BY-NC-4.0",
    "LicenseRef-gemma", "LicenseRef-llama-3.1", "no licence",
)  # fmt: skip


def ladder(name: str | None) -> str:
    """The six classes in a row; the one that holds is marked by colour, frame and word."""
    place = -1 if name is None else CLASSES.index(name)
    cells = []
    for number, title in enumerate(CLASSES):
        colour = _HERE if number == place else _PASSED if number < place else _AHEAD
        ink = "white" if number == place else "black"
        mark = (
            "<b>▶ " if number == place else "<b>✓ " if number < place else "<b style='opacity:0.6'>"
        )
        cells.append(
            f'<div style="flex:1 1 80px;padding:6px 1px;background:{colour};color:{ink};'
            'font-size:11px;text-align:center;border:1px solid white">'
            f"{mark}{html.escape(title)}</b></div>"
        )
    return f'<div style="display:flex;flex-wrap:wrap;max-width:820px">{"".join(cells)}</div>'


def status(verdict: Verdict) -> str:
    """The result in one sentence, for eyes and screen readers."""
    mof = f"MOF class {verdict.mof.name}" if verdict.mof.name else "no MOF class"
    return (
        f"{verdict.release.name}: {verdict.spectrum.name or 'nothing to run'}; {mof}; "
        f"OSI definition: {answer(verdict.osaid.answer)}"
    )


def _list(title: str, texts: Iterable[str]) -> str:
    rows = "".join(f"<li>{html.escape(text)}</li>" for text in texts)
    return (
        f"<p style='margin:8px 0 0'><b>{html.escape(title)}</b></p><ul>{rows}</ul>" if rows else ""
    )


def _aspects(verdict: Verdict) -> str:
    rows = "".join(
        f'<tr><th scope="row" style="text-align:left;padding-right:16px">{key}</th>'
        f"<td>{html.escape(value)}</td></tr>"
        for key, value in verdict.aspects.items()
    )
    return f"<table>{rows}</table>"


def card(verdict: Verdict, facts: Mapping[str, str] | None = None) -> str:
    """A verdict as HTML: class, aspects, reasons, what is missing, where definitions part."""
    listed = "".join(
        f"<li>{html.escape(key)}: {html.escape(value)}</li>" for key, value in (facts or {}).items()
    )
    said: set[str] = set()
    return (
        f'<p role="status"><b>{html.escape(status(verdict))}</b></p>'
        f"{ladder(verdict.spectrum.name)}"
        f"<ul style='margin:8px 0'>{listed}</ul>{_aspects(verdict)}"
        + _list("Why", briefly([f.text for f in verdict.spectrum.reasons()][1:], said))
        + _list(f"Missing for '{verdict.spectrum.next}'",
                briefly((f.text for f in verdict.spectrum.missing()), said))
        + _list(f"Missing for MOF class {verdict.mof.next}",
                briefly((f.text for f in verdict.mof.missing()), said))
        + _list("Where the definitions disagree", verdict.disagreements())
    )  # fmt: skip


class Explorer(Shown):
    """Choose a model of the catalogue, read its card. The list takes letters and arrow keys."""

    def __init__(self, chosen: str = "olmo-2") -> None:
        import ipywidgets as w

        super().__init__()
        self.entries = {
            entry.row.name: entry
            for entry in sorted(catalogue().values(), key=lambda e: e.row.name.lower())
            if entry.row.kind in ("model", "service")
        }
        start = catalogue()[chosen].row.name
        self.choice = w.Dropdown(
            options=list(self.entries), value=start, description="model",
            layout=w.Layout(width="360px"),
        )  # fmt: skip
        self.view = w.HTML()
        self.choice.observe(self._chosen, names="value")
        self.widget = w.VBox([self.choice, self.view])
        self._chosen(None)

    @property
    def verdict(self) -> Verdict:
        """The verdict on the chosen model."""
        return self.entries[self.choice.value].verdict()

    def choose(self, entry_id: str) -> None:
        """Choose from code, by id."""
        self.choice.value = catalogue()[entry_id].row.name

    def text(self) -> str:
        return "\n".join([status(self.verdict), *lines(self.verdict, evidence=False)[1:]])

    def _chosen(self, _change: Any) -> None:
        row = self.entries[self.choice.value].row
        facts = {
            "producer": row.producer,
            "licence": row.licence,
            "class in the workshop": row.workshop_class or "none given",
            "as of": row.date,
            "source": f"{row.sources[0].url} ({row.sources[0].basis}: {row.sources[0].says})",
        }
        if row.note:
            facts["note"] = row.note
        self.view.value = card(self.verdict, facts)


class Builder(Shown):
    """Build a release: tick components, choose licences, watch class and freedoms change."""

    def __init__(self, published: Iterable[str] = (), licence: str = "Apache-2.0") -> None:
        import ipywidgets as w

        super().__init__()
        given = set(published)
        self._quiet = True
        self.app = w.Checkbox(value=False, description="in an application", indent=False)
        self.api = w.Checkbox(value=True, description="through an HTTP API", indent=False)
        self.ticks: dict[str, Any] = {}
        self.licences: dict[str, Any] = {}
        rows = []
        for key, component in components().items():
            tick = w.Checkbox(
                value=key in given, description=component.name, indent=False,
                tooltip=component.plain, layout=w.Layout(width="240px"),
            )  # fmt: skip
            choice = w.Dropdown(
                options=list(LICENCES), value=licence, disabled=key not in given,
                tooltip=f"licence of: {component.name}",
                layout=w.Layout(width="160px"),
            )  # fmt: skip
            tick.observe(self._changed, names="value")
            choice.observe(self._changed, names="value")
            self.ticks[key], self.licences[key] = tick, choice
            rows.append(w.HBox([tick, choice]))
        self.everything = w.Button(description="tick all", layout=w.Layout(width="90px"))
        self.nothing = w.Button(description="untick all", layout=w.Layout(width="90px"))
        self.everything.on_click(lambda _button: self.tick_all(True))
        self.nothing.on_click(lambda _button: self.tick_all(False))
        for box in (self.app, self.api):
            box.observe(self._changed, names="value")
        self.view = w.HTML()
        left = w.VBox([
            w.HTML("<b>How people reach it</b>"), self.app, self.api,
            w.HTML("<b>What you publish, and under which licence</b>"),
            w.HBox([self.everything, self.nothing]), *rows,
        ])  # fmt: skip
        # Beside each other: a longer list of reasons must not move the boxes under the hand.
        self.view.layout = w.Layout(flex="1 1 300px", width="auto", margin="0 0 0 16px")
        left.layout = w.Layout(flex="0 0 415px")
        self.widget = w.VBox([w.HBox([left, self.view], layout=w.Layout(flex_flow="row wrap"))])
        self._quiet = False
        self._changed(None)

    @property
    def release(self) -> Release:
        """The release as ticked."""
        reach = {name for name, box in (("app", self.app), ("api", self.api)) if box.value}
        items = tuple(
            Item(key, True, "NONE" if self.licences[key].value == "no licence"
                 else self.licences[key].value)
            for key, tick in self.ticks.items()
            if tick.value
        )  # fmt: skip
        return Release("your release", reach=frozenset(reach), items=items)

    @property
    def verdict(self) -> Verdict:
        """What the rules say about it."""
        return judge(self.release)

    def tick(self, key: str, licence: str | None = None, *, on: bool = True) -> None:
        """Tick (or untick) one component from code, and choose its licence."""
        if licence is not None:
            self.licences[key].value = licence
        self.ticks[key].value = on

    def tick_all(self, on: bool) -> None:
        """All components at once; the view is computed once, at the end."""
        self._quiet = True
        for tick in self.ticks.values():
            tick.value = on
        self._quiet = False
        self._changed(None)

    def text(self) -> str:
        return "\n".join([status(self.verdict), *lines(self.verdict, evidence=False)[1:]])

    def _changed(self, _change: Any) -> None:
        if self._quiet:
            return
        for key, tick in self.ticks.items():
            self.licences[key].disabled = not tick.value
        verdict = self.verdict
        self.view.value = (
            f'<p role="status"><b>{html.escape(status(verdict))}</b></p>'
            f"{ladder(verdict.spectrum.name)}"
            f'<div style="display:flex;gap:32px;flex-wrap:wrap"><div>{_aspects(verdict)}</div>'
            f"<div>{_freedoms(verdict)}</div></div>"
            + _list(f"Missing for '{verdict.spectrum.next}'",
                    [f.text for f in verdict.spectrum.missing()])
            + _warnings(verdict)
        )  # fmt: skip


def _warnings(verdict: Verdict) -> str:
    """Open licences of the wrong kind, in one line: they count, and a better one exists."""
    names = [state.component.name for state in verdict.states.values() if state.warning]
    if not names:
        return ""
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    said = f"{', '.join(names[:3])}{more}: open, but the licence was made for other content"
    return _list("Warning", [said])


def _freedoms(verdict: Verdict) -> str:
    """For each freedom, how many of the published parts grant it."""
    shown = [row for key, row in verdict.freedoms.items() if verdict.states[key].published]
    rows = ""
    for name in FREEDOMS:
        yes = sum(row[name] == "yes" for row in shown)
        some = sum(row[name] == "conditional" for row in shown)
        rows += (
            f'<tr><th scope="row" style="text-align:left;padding-right:16px">{name}</th>'
            f"<td>{yes} of {len(shown)} parts, {some} with conditions</td></tr>"
        )
    return f"<table>{rows}</table>"


def explorer(chosen: str = "olmo-2") -> Explorer:
    """Choose a model, read its card."""
    return Explorer(chosen)


def builder(published: Iterable[str] = ("parameters_final",)) -> Builder:
    """Build your own release."""
    return Builder(published)
