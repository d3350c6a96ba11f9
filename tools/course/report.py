"""What a check found: where, one sentence, and what mends it."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from selfhost import KitError


@dataclass(frozen=True)
class Finding:
    """One thing wrong in one place; `level` is "fail" or "warn"."""

    file: str
    cell: int | None
    sentence: str
    mend: str
    line: int | None = None
    level: str = "fail"

    def as_dict(self) -> dict[str, object]:
        """For `--json`."""
        return asdict(self)

    def __str__(self) -> str:
        where = self.file
        if self.line is not None:
            where += f":{self.line}"
        if self.cell is not None:
            where += f", cell {self.cell}"
        return f"{self.level.upper()}  {where}: {self.sentence} Mend: {self.mend}"


class SourceError(KitError):
    """A source of the course that cannot be built; carries its findings."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings
