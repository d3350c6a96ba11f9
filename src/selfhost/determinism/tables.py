"""An experiment as one Parquet file: a column per field, its grid and its stack card inside.

JSONL is what a run is written to, line by line (`runner`); Parquet is what it is kept and shared
as: smaller, typed, and read by pandas, polars, DuckDB or R in one call.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selfhost import files
from selfhost.determinism.experiment import Experiment
from selfhost.errors import KitError
from selfhost.stackcard import Card, parse

_CARD, _GRID = b"selfhost.stackcard", b"selfhost.experiment"
_AS_JSON = ("asked", "in_force")  # their fields differ from row to row


@dataclass(frozen=True)
class Kept:
    """What a file holds; `card` and `experiment` are None where it holds none."""

    rows: list[dict[str, Any]]
    experiment: Experiment | None
    card: Card | None


def _schema() -> Any:
    import pyarrow as pa

    text, number = pa.string(), pa.float64()
    return pa.schema([
        ("key", text), ("prompt", text), ("setting", text), ("condition", text),
        ("repeat", pa.int64()), ("asked", text), ("text", text), ("tokens", pa.list_(text)),
        ("logprobs", pa.list_(number)), ("top5", pa.list_(pa.list_(text))), ("finish", text),
        ("seconds", number), ("in_force", text), ("sha256", text),
    ])  # fmt: skip


def save(
    rows: Sequence[Mapping[str, Any]],
    path: Path,
    *,
    card: Card | None = None,
    experiment: Experiment | None = None,
) -> Path:
    """Write rows of `runner.run` as Parquet, whole or not at all; the folder is made.

    `asked` and `in_force` become JSON texts. Raises `KitError` when the file cannot be written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    plain = [
        {**row, **{name: json.dumps(row[name], ensure_ascii=False) for name in _AS_JSON}}
        for row in rows
    ]
    about = {}
    if card is not None:
        about[_CARD] = card.to_json().encode()
    if experiment is not None:
        about[_GRID] = json.dumps(experiment.as_dict(), ensure_ascii=False).encode()
    table = pa.Table.from_pylist(plain, schema=_schema().with_metadata(about))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".parquet-") as folder:
            fresh = Path(folder) / path.name
            pq.write_table(table, fresh, compression="zstd")
            files.replace(fresh, path)
    except OSError as error:
        raise KitError(f"{path.name} cannot be written: {error.strerror or error}.") from error
    return path


def load(path: Path) -> Kept:
    """The rows as `runner.run` returned them, with the grid and the card. Raises `KitError`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path, schema=None)
        rows = table.to_pylist()
        for row in rows:
            row.update({name: json.loads(row[name]) for name in _AS_JSON})
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowInvalid) as error:
        what = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise KitError(f"{path.name} is not a Parquet file of results ({what}).") from None
    about = table.schema.metadata or {}
    return Kept(
        rows,
        Experiment.from_dict(json.loads(about[_GRID])) if _GRID in about else None,
        parse(about[_CARD], path.name) if _CARD in about else None,
    )
