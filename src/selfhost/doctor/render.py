"""The doctor's lines as text and as a table in a notebook."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from selfhost.console import columns
from selfhost.doctor.checkup import examine, summary
from selfhost.doctor.machine import Check

# Sign and colour pairs: the sign and the word carry the meaning, the colour only helps.
_SIGNS = {"ok": ("✓", "#0b6e4f"), "warn": ("!", "#9a5b00"), "fail": ("✗", "#b00020")}


def as_text(checks: list[Check]) -> str:
    """One line per check and a last one that sums up."""
    rows = [(check.status, check.name, _line(check)) for check in checks]
    count = summary(checks)
    end = "ready" if count["ready"] else "not ready: mend what says fail"
    return f"{columns(rows)}\n\n{count['ok']} ok, {count['warn']} warn, {count['fail']} fail: {end}"


def _line(check: Check) -> str:
    parts = [check.detail]
    if check.status != "ok":
        if check.notebooks:
            parts.append(_lessons(check))
        if check.mend:
            parts.append(f"mend: {check.mend}")
    return " · ".join(parts)


def _lessons(check: Check) -> str:
    word = "notebook" if len(check.notebooks) == 1 else "notebooks"
    return f"{word} {', '.join(check.notebooks)}"


@dataclass(frozen=True)
class Table:
    """The doctor's result: a table in a notebook, lines of text elsewhere, `rows` for code."""

    rows: list[Check]

    def __str__(self) -> str:
        return as_text(self.rows)

    __repr__ = __str__

    @property
    def ready(self) -> bool:
        """True if nothing failed."""
        return bool(summary(self.rows)["ready"])

    def _repr_html_(self) -> str:
        head = "".join(
            f'<th scope="col" style="text-align:left">{name}</th>'
            for name in ("", "check", "what was found", "needed by", "mend")
        )
        body = "".join(self._row(check) for check in self.rows)
        count = summary(self.rows)
        caption = f"{count['ok']} ok, {count['warn']} warn, {count['fail']} fail"
        return (
            f'<table><caption style="text-align:left">{caption}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )

    @staticmethod
    def _row(check: Check) -> str:
        sign, colour = _SIGNS[check.status]
        mend = check.mend if check.mend and check.status != "ok" else ""
        lessons = _lessons(check) if check.notebooks and check.status != "ok" else ""
        cells = [
            f'<td style="color:{colour};white-space:nowrap"><b>{sign} {check.status}</b></td>',
            f'<th scope="row" style="text-align:left">{escape(check.name)}</th>',
            *(
                f'<td style="text-align:left">{escape(text)}</td>'
                for text in (check.detail, lessons, mend)
            ),
        ]
        return f"<tr>{''.join(cells)}</tr>"


def table(network: bool = False) -> Table:
    """Examine this computer and show the result."""
    return Table(examine(network))
