"""The room as an experiment: collect everybody's stack cards and show them side by side.

A student sends with one call, `classroom.submit(card, "http://teacher:8765", "CODE12")`; the
teacher runs `selfhost board --lan`, or collects files: `classroom.from_folder(path)`.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from selfhost.classroom.analysis import Board, Group, Result, analyse
from selfhost.errors import KitError

if TYPE_CHECKING:
    from selfhost.stackcard import Card

__all__ = ["Board", "Group", "Result", "analyse", "from_folder", "send_doctor", "submit"]


def submit(
    card: Card, url: str, code: str, nickname: str = "", *, laptop: str | None = None
) -> int:
    """Send a card with results to the teacher's board; return this laptop's number there.

    Sending again replaces the earlier result. Only the card, the nickname and a random id are
    sent; `laptop` gives another id, so that one machine can play several. Raises `KitError` in
    one sentence when the board cannot be reached or refuses.
    """
    import json

    body = {"laptop": laptop or _laptop(), "nickname": nickname, "card": json.loads(card.to_json())}
    return int(_post(url, "/api/upload", code, body)["number"])


def send_doctor(url: str, code: str, advice: dict[str, Any], *, laptop: str | None = None) -> None:
    """Show this laptop's line (`selfhost doctor --room`) on the teacher's board.

    Raises `KitError` in one sentence when the board cannot be reached or refuses.
    """
    names = ("place", "line", "ready", "model")
    body = {"laptop": laptop or _laptop(), **{name: advice[name] for name in names}}
    _post(url, "/api/doctor", code, body)


def _post(url: str, path: str, code: str, body: dict[str, Any]) -> dict[str, Any]:
    import httpx

    address = url.rstrip("/") + path
    body = {"code": code.strip().upper(), **body}
    try:
        answer = httpx.post(address, json=body, timeout=15, trust_env=False)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise KitError(
            f"The board at {url} cannot be reached ({error}).",
            "ask the teacher for the address on the board; both in the same network",
        ) from error
    try:
        told = answer.json()
    except ValueError:
        raise KitError(f"What answers at {url} is not the board.") from None
    if answer.status_code != 201:
        raise KitError(f"The board did not take the result: {told.get('error', answer.text)}.")
    return dict(told)


def _laptop() -> str:
    """A random id of this checkout's user, drawn once: it says nothing about the machine."""
    from selfhost.paths import run_dir

    path = run_dir() / "laptop-id"
    if path.is_file():
        return path.read_text(encoding="utf-8").strip()
    path.parent.mkdir(parents=True, exist_ok=True)
    drawn = secrets.token_hex(16)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    unfinished.write_text(drawn, encoding="utf-8")
    unfinished.replace(path)
    return drawn


def from_folder(folder: Path) -> list[Result]:
    """Results from card files that students handed in: `NICKNAME.json`, sorted by name.

    Raises `KitError` when a file is no stack card with results.
    """
    from selfhost import stackcard

    results = []
    for number, path in enumerate(sorted(folder.glob("*.json")), 1):
        card = stackcard.read(path)
        if card.run is None:
            raise KitError(f"{path.name} holds no results.", "selfhost stackcard --run RESULTS")
        results.append(Result(number, path.stem, card))
    if not results:
        raise KitError(f"There is no card (*.json) in {folder.name}.")
    return results
