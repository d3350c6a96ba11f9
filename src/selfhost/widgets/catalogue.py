"""Search the catalogue, and ask what would run on this machine. Works without a network."""

from __future__ import annotations

import html
from typing import Any

from selfhost.openness.catalogue import Entry, catalogue, select
from selfhost.openness.memory import BITS, Fit, what_runs
from selfhost.widgets import Shown

ALL = "all"
_COLUMNS = ("name", "kind", "modality", "producer", "licence", "derived", "workshop", "date")
_HEADS = ("name", "kind", "modality", "producer", "licence", "class or licence", "workshop's class",
          "as of")  # fmt: skip
_TITLES = dict(zip(_COLUMNS, _HEADS, strict=True))
_NARROW = ("name", "kind", "licence", "derived")  # what fits into a line of text
_LINES = 12  # of the text twin: a page without widgets shows the beginning, not a wall


class Browse(Shown):
    """The catalogue as a table with a search field and three filters; sorted by any column."""

    def __init__(self, kind: str = ALL, modality: str = ALL) -> None:
        import ipywidgets as w

        super().__init__()
        entries = catalogue().values()
        kinds = sorted({e.row.kind for e in entries})
        modalities = sorted({e.row.modality for e in entries})
        classes = sorted({e.derived for e in entries})
        narrow: dict[str, Any] = {"layout": w.Layout(width="250px")}
        self.text_field = w.Text(description="search", continuous_update=True,
                                 placeholder="a word, a licence, a firm", **narrow)  # fmt: skip
        self.kind = w.Dropdown(options=[ALL, *kinds], value=kind, description="kind", **narrow)
        self.modality = w.Dropdown(
            options=[ALL, *modalities], value=modality, description="modality", **narrow
        )
        self.derived = w.Dropdown(options=[ALL, *classes], description="class", **narrow)
        self.sort = w.Dropdown(
            options=[(_TITLES[c], c) for c in _COLUMNS], value="name", description="sort by",
            **narrow,
        )  # fmt: skip
        self.view = w.HTML()
        for control in (self.text_field, self.kind, self.modality, self.derived, self.sort):
            control.observe(self._changed, names="value")
        self.widget = w.VBox([
            w.HBox([self.text_field, self.sort]),
            w.HBox([self.kind, self.modality, self.derived]),
            self.view,
        ])
        self._changed(None)

    @property
    def entries(self) -> list[Entry]:
        """The entries that the filters let through, sorted."""
        found = select(
            kind=_value(self.kind), modality=_value(self.modality), derived=_value(self.derived),
            text=self.text_field.value,
        )  # fmt: skip
        return sorted(found, key=lambda e: str(e.as_row()[self.sort.value]).lower())

    def search(self, text: str) -> None:
        """Search from code."""
        self.text_field.value = text

    def summary(self) -> str:
        """How many entries are shown."""
        return f"{len(self.entries)} of {len(catalogue())} entries"

    def text(self) -> str:
        heads = [_TITLES[c] for c in _NARROW]
        rows = [[str(e.as_row()[c]) for c in _NARROW] for e in self.entries[:_LINES]]
        width = [max([len(h), *(len(r[i]) for r in rows)]) for i, h in enumerate(heads)]
        body = ["  ".join(c.ljust(n) for c, n in zip(row, width, strict=True)).rstrip()
                for row in [heads, *rows]]  # fmt: skip
        return "\n".join([self.summary(), *body, *_more(len(self.entries))])

    def _changed(self, _change: Any) -> None:
        style = "text-align:left;vertical-align:top;padding:2px 10px 2px 0"
        head = "".join(f'<th scope="col" style="{style}">{h}</th>' for h in _HEADS)
        body = "".join(self._row(entry, style) for entry in self.entries)
        self.view.value = (
            f'<p role="status">{self.summary()}</p>'
            '<div style="max-height:420px;overflow:auto" tabindex="0">'
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        )

    def _row(self, entry: Entry, style: str) -> str:
        row = entry.as_row()
        cells = []
        for column in _COLUMNS:
            value = html.escape(str(row[column]))
            if column == "name" and row["url"]:
                link, note = (html.escape(row[key], quote=True) for key in ("url", "note"))
                away = 'target="_blank" rel="noopener"'
                value = f'<a href="{link}" {away} title="{note}">{value}</a>'
            cells.append(f'<td style="{style}">{value}</td>')
        return f"<tr>{''.join(cells)}</tr>"


class RunsHere(Shown):
    """What would run in so much memory: parameters times bytes, an estimate."""

    def __init__(self, ram_gib: float = 8.0, precision: str = "4 bit") -> None:
        import ipywidgets as w

        super().__init__()
        self.ram = w.FloatSlider(
            value=min(max(ram_gib, 1), 128), min=1, max=128, step=1, description="free GiB",
            readout_format=".0f", layout=w.Layout(width="420px"),
        )  # fmt: skip
        self.precision = w.Dropdown(options=list(BITS), value=precision, description="weights in")
        modalities = sorted({e.row.modality for e in catalogue().values()
                             if e.row.kind == "model"})  # fmt: skip
        self.modality = w.Dropdown(options=[ALL, *modalities], description="modality")
        self.view = w.HTML()
        for control in (self.ram, self.precision, self.modality):
            control.observe(self._changed, names="value")
        self.widget = w.VBox([self.ram, self.precision, self.modality, self.view])
        self._changed(None)

    @property
    def fits(self) -> list[Fit]:
        """One row per size of each model."""
        entries = select(kind="model", modality=_value(self.modality))
        return what_runs(entries, self.ram.value, BITS[self.precision.value])

    def summary(self) -> str:
        """Counts, and what kind of number this is."""
        fits = self.fits
        good = sum(fit.fits is True for fit in fits)
        unknown = sum(fit.fits is None for fit in fits)
        return (
            f"{good} of {len(fits)} sizes fit in {self.ram.value:.0f} GiB at "
            f"{self.precision.value}; {unknown} unknown. An estimate of the "
            "weights; a quarter more must be free."
        )

    def text(self) -> str:
        shown = [str(fit) for fit in self.fits[:_LINES]]
        return "\n".join([self.summary(), *shown, *_more(len(self.fits))])

    def _changed(self, _change: Any) -> None:
        marks = {True: ("✔ fits", "#009E73"), False: ("✘ too big", "#D55E00"),
                 None: ("? unknown", "#666666")}  # fmt: skip
        rows = ""
        for fit in self.fits:
            mark, colour = marks[fit.fits]
            rows += (
                f"<tr><td style='padding-right:16px'>{html.escape(fit.name)}</td>"
                f"<td style='padding-right:16px'>{html.escape(fit.size)}</td>"
                f"<td style='padding-right:16px;text-align:right'>{fit.memory}</td>"
                f"<td style='color:{colour}'><b>{mark}</b></td></tr>"
            )
        self.view.value = (
            f'<p role="status">{html.escape(self.summary())}</p>'
            f'<div style="max-height:360px;overflow:auto" tabindex="0"><table>{rows}</table></div>'
        )


def _more(total: int) -> list[str]:
    hidden = total - _LINES
    return [f"... and {hidden} more: run the cell to see them"] if hidden > 0 else []


def _value(control: Any) -> str:
    return "" if control.value == ALL else str(control.value)


def browse(kind: str = ALL, modality: str = ALL) -> Browse:
    """The catalogue as a searchable table."""
    return Browse(kind, modality)


def runs_here(ram_gib: float = 8.0, precision: str = "4 bit") -> RunsHere:
    """What would run on a machine with so much free memory."""
    return RunsHere(ram_gib, precision)
