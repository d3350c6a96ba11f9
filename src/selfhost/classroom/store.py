"""Uploads in one SQLite file: what was accepted survives kill -9."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from typing import Any

from selfhost.classroom.analysis import Result
from selfhost.errors import KitError
from selfhost.stackcard import parse

_TABLE = """
CREATE TABLE IF NOT EXISTS results (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    laptop TEXT NOT NULL UNIQUE,     -- random id drawn by the sender; sending again replaces
    nickname TEXT NOT NULL,
    card TEXT NOT NULL,
    at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))
)
"""
_DOCTORS = """
CREATE TABLE IF NOT EXISTS doctors (
    laptop TEXT PRIMARY KEY,
    place TEXT NOT NULL,
    line TEXT NOT NULL,
    ready INTEGER NOT NULL,
    model TEXT NOT NULL
)
"""


class Store:
    """One connection behind a lock. Raises `KitError` when the file is no database of ours."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._lock = threading.Lock()
        self.version = 0  # goes up with every change, so that the page knows when to look
        try:
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            # FULL: the row is on the disk before the sender is told "accepted".
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.execute(_TABLE)
            self._db.execute(_DOCTORS)
        except sqlite3.Error as error:
            raise KitError(
                f"{path.name} cannot be used as the board's file: {error}.",
                "selfhost board --file another.sqlite",
            ) from error

    def put(self, laptop: str, nickname: str, card: str) -> int:
        """Keep a result (replacing an earlier one of the same laptop); return its number.

        Raises `KitError` when the disk is full or the file has gone.
        """
        with self._lock:
            try:
                row = self._db.execute(
                    "INSERT INTO results (laptop, nickname, card) VALUES (?, ?, ?) "
                    "ON CONFLICT (laptop) DO UPDATE SET nickname = excluded.nickname, "
                    "card = excluded.card, at = strftime('%Y-%m-%dT%H:%M:%SZ', 'now') "
                    "RETURNING number",
                    (laptop, nickname, card),
                ).fetchone()
            except sqlite3.Error as error:
                raise KitError(
                    f"The result could not be written: {error}.", "free some disk space"
                ) from error
            self.version += 1
            return int(row[0])

    def all(self) -> list[Result]:
        """Every result, in the order in which the laptops first sent one."""
        with self._lock:
            rows = self._db.execute(
                "SELECT number, nickname, card FROM results ORDER BY number"
            ).fetchall()
        return [Result(number, nickname, parse(card)) for number, nickname, card in rows]

    def put_doctor(self, laptop: str, place: str, line: str, ready: bool, model: str) -> None:
        """Keep what a laptop's doctor says, in place of what it said before.

        Raises `KitError` when the disk is full or the file has gone.
        """
        with self._lock:
            try:
                self._db.execute(
                    "INSERT OR REPLACE INTO doctors VALUES (?, ?, ?, ?, ?)",
                    (laptop, place, line, int(ready), model),
                )
            except sqlite3.Error as error:
                raise KitError(
                    f"The line could not be written: {error}.", "free some disk space"
                ) from error
            self.version += 1

    def doctors(self) -> list[dict[str, Any]]:
        """What each laptop's doctor says: those that are not ready first, then by place."""
        with self._lock:
            rows = self._db.execute(
                "SELECT place, line, ready, model FROM doctors ORDER BY ready, place, line"
            ).fetchall()
        return [
            {"place": place, "line": line, "ready": bool(ready), "model": model}
            for place, line, ready, model in rows
        ]

    def clear(self) -> None:
        """Forget everything: the next class begins."""
        with self._lock:
            self._db.execute("DELETE FROM results")
            self._db.execute("DELETE FROM doctors")
            self.version += 1

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()
