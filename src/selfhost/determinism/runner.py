"""Run an experiment: one line of a JSONL file per generation, kept as soon as it is made.

Killing a run loses at most the generations that were being made (one, unless the condition makes
several together); calling it again goes on where it stopped, and ends with the same rows as a run
that was never cut off.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Protocol

import httpx

from selfhost.determinism.clients import Generation
from selfhost.determinism.experiment import Cell, Experiment
from selfhost.errors import KitError

Progress = Callable[[int, int], None]


class Client(Protocol):
    """What can answer: `clients.HttpClient`, or an engine in process."""

    def ask(
        self, prompt: str, options: dict[str, Any], *, system: str | None = ...,
        extra: Any = ..., reproducible: bool = ...,
    ) -> Generation: ...  # fmt: skip

    def neighbours(self, count: int) -> Any:
        """A context in which other requests run."""


def run(
    experiment: Experiment, client: Client, path: Path, *, progress: Progress | None = None
) -> list[dict[str, Any]]:
    """Make the generations that `path` does not hold yet; return all rows in the grid's order.

    Raises `KitError` when the endpoint stops answering (what is done is kept), when `path` holds
    another experiment, or when the disk is full.
    """
    done = {row["key"]: row for row in load(path, experiment)}
    total = len(experiment)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("a", encoding="utf-8") as file:
            if file.tell() == 0:
                head = {"experiment": experiment.as_dict(), "digest": experiment.digest}
                file.write(json.dumps(head, ensure_ascii=False) + "\n")
            if done and progress is not None:
                progress(len(done), total)
            open_cells = [cell for cell in experiment.cells() if cell.key not in done]
            for row in _rows(experiment, client, open_cells):
                done[row["key"]] = row
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
                file.flush()
                if progress is not None:
                    progress(len(done), total)
    except httpx.HTTPError as error:
        raise KitError(
            f"The endpoint stopped answering after {len(done)} of {total} generations ({error}); "
            f"they are kept in {path.name}.",
            "start the endpoint and run the same cell again: it goes on where it stopped",
        ) from error
    except OSError as error:
        raise KitError(
            f"{path.name} cannot be written: {error.strerror}; {len(done)} of {total} generations "
            "are kept.",
            "free some disk space and run it again",
        ) from error
    return [done[cell.key] for cell in experiment.cells()]


def _rows(experiment: Experiment, client: Client, cells: list[Cell]) -> Iterator[dict[str, Any]]:
    """The rows of the cells, in their order; some at once where their condition says so."""
    for together, group in itertools.groupby(cells, key=lambda cell: cell.condition.together):
        if together == 1:
            for cell in group:
                yield _row(experiment, client, cell)
        else:
            yield from _at_once(experiment, client, group, together)


def _at_once(
    experiment: Experiment, client: Client, cells: Iterator[Cell], together: int
) -> Iterator[dict[str, Any]]:
    """Never more than `together` on their way; after an error or an interrupt no new one starts."""
    pool = ThreadPoolExecutor(together)
    try:
        waiting = deque(
            pool.submit(_row, experiment, client, cell)
            for cell in itertools.islice(cells, together)
        )
        while waiting:
            row = waiting.popleft().result()
            if (cell := next(cells, None)) is not None:
                waiting.append(pool.submit(_row, experiment, client, cell))
            yield row
    finally:
        pool.shutdown(cancel_futures=True)


def _row(experiment: Experiment, client: Client, cell: Cell) -> dict[str, Any]:
    options = experiment.options(cell)
    around = client.neighbours(cell.condition.neighbours) if cell.condition.neighbours else None
    with around or nullcontext():
        made = client.ask(
            cell.prompt, options, system=experiment.system, extra=cell.condition.extra,
            reproducible=cell.condition.reproducible,
        )  # fmt: skip
    return {
        "key": cell.key,
        "prompt": cell.prompt,
        "setting": cell.setting,
        "condition": cell.condition.name,
        "repeat": cell.repeat,
        "asked": options,
        **vars(made),
        "sha256": hashlib.sha256(made.text.encode()).hexdigest(),
    }


def load(path: Path, experiment: Experiment | None = None) -> list[dict[str, Any]]:
    """The rows of a result file, without a line that a killed run left half-written.

    Such a line is cut off the file too, so that the next one starts on a line of its own.
    Raises `KitError` when the file holds another experiment than the one given.
    """
    if not path.is_file():
        return []
    rows, good = [], 0
    head: dict[str, Any] | None = None
    for line, end in _lines(path):
        try:
            data = json.loads(line)
        except ValueError:
            break
        good = end
        if head is None:
            head = data
        else:
            rows.append(data)
    if good < path.stat().st_size:
        with path.open("r+b") as file:
            file.truncate(good)
    if head is not None and experiment is not None and head.get("digest") != experiment.digest:
        raise KitError(
            f"{path.name} holds the results of another experiment.",
            "give this one a file name of its own, or delete that file",
        )
    return rows


def _lines(path: Path) -> Iterator[tuple[bytes, int]]:
    """Whole lines, each with the position behind it."""
    end = 0
    with path.open("rb") as file:
        for line in file:
            end += len(line)
            if line.endswith(b"\n"):
                yield line, end


def experiment_of(path: Path) -> Experiment:
    """The grid that a result file holds. Raises `KitError`."""
    try:
        with path.open(encoding="utf-8") as file:
            return Experiment.from_dict(json.loads(file.readline())["experiment"])
    except (OSError, ValueError, KeyError, TypeError):
        raise KitError(f"{path.name} is not a file of results.") from None


def table(rows: list[dict[str, Any]]) -> Any:
    """The rows as a pandas DataFrame, one line per generation."""
    import pandas as pd

    return pd.DataFrame(rows).set_index("key")
