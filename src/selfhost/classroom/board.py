"""The board: a small web page on the teacher's laptop to which the room sends its results."""

from __future__ import annotations

import csv
import hmac
import io
import json
import secrets
import time
from collections import defaultdict, deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from selfhost.classroom.analysis import Board, Result, analyse
from selfhost.classroom.page import page, policy
from selfhost.classroom.store import Store
from selfhost.errors import KitError
from selfhost.stackcard import parse
from selfhost.stackcard.card import MAX_BYTES

# What a group's line shows first: the facts that most often explain a difference.
_FACTS = (
    "model.name", "model.quantization.F16", "engine.package", "engine.build.compiled_for",
    "hardware.cpu", "hardware.instruction_sets", "software.system",
)  # fmt: skip
# No letters and digits that look alike when read from the last row.
_ALPHABET = "ACDEFHJKLMNPRTUVWXY34679"


@dataclass(frozen=True)
class BoardSettings:
    """`code` is what students type; `per_minute` uploads are taken from one address."""

    file: Path
    code: str
    per_minute: int = 1200
    wrong_per_minute: int = 30


def new_code() -> str:
    """Six letters and digits that can be told apart from afar."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(6))


class Limits:
    """So many events per minute and address."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._seen: defaultdict[str, deque[float]] = defaultdict(deque)

    def exceeded(self, who: str, *, count: bool = True) -> bool:
        """Whether the address has used up its minute; with `count`, this event counts."""
        now, seen = time.monotonic(), self._seen[who]
        while seen and seen[0] < now - 60:
            seen.popleft()
        if len(seen) >= self._per_minute:
            return True
        if count:
            seen.append(now)
        return False


def create_app(settings: BoardSettings) -> FastAPI:
    """The application. Raises `KitError` when the board's file cannot be used."""
    store = Store(settings.file)
    uploads, wrong = Limits(settings.per_minute), Limits(settings.wrong_per_minute)
    app = FastAPI(title="Board of the room", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.store = store

    @app.get("/")
    def front() -> Response:
        nonce = secrets.token_urlsafe(16)
        headers = {
            "Content-Security-Policy": policy(nonce),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        }
        return HTMLResponse(page(nonce, settings.code), headers=headers)

    @app.get("/api/board")
    def board(since: int = -1) -> Response:
        if since == store.version:
            return Response(status_code=204)
        version, results = store.version, store.all()
        found = as_data(results, analyse(results))
        return JSONResponse({"version": version, "doctors": store.doctors(), **found})

    async def admitted(request: Request) -> tuple[dict[str, Any], str]:
        """The upload and its laptop's id. Raises `_Refused` or `KitError`."""
        who = request.client.host if request.client else ""
        if uploads.exceeded(who) or wrong.exceeded(who, count=False):
            raise _Refused(429, "too many uploads from this computer; wait a minute")
        data = await _body(request)
        # As bytes: compare_digest refuses text that is not ASCII.
        given = str(data.get("code", "")).upper().encode("utf-8", "replace")
        if not hmac.compare_digest(given, settings.code.encode()):
            wrong.exceeded(who)
            raise _Refused(403, "the join code is wrong; it stands on the board")
        laptop = _text(data, "laptop", 64)
        if not laptop:
            raise KitError("laptop: a random id is missing")
        return data, laptop

    @app.post("/api/doctor")
    async def doctor(request: Request) -> Response:
        try:
            data, laptop = await admitted(request)
            place, line = _text(data, "place", 24), _text(data, "line", 200)
            if not line:
                raise KitError("line: what the doctor says is missing")
            model, ready = _text(data, "model", 40), data.get("ready") is True
            store.put_doctor(laptop, place, line, ready, model)
        except _Refused as refused:
            return _refuse(refused.status, refused.message)
        except KitError as error:
            return _refuse(400, error.message)
        return JSONResponse({}, 201)

    @app.post("/api/upload")
    async def upload(request: Request) -> Response:
        try:
            data, laptop = await admitted(request)
            nickname = _text(data, "nickname", 24)
            card = parse(json.dumps(data.get("card")), "The upload")
            if card.run is None or not card.run.outputs:
                return _refuse(400, "the card holds no results of an experiment")
            number = store.put(laptop, nickname, card.to_json())
        except _Refused as refused:
            return _refuse(refused.status, refused.message)
        except KitError as error:
            return _refuse(400, error.message)
        return JSONResponse({"number": number}, 201)

    @app.get("/export.json")
    def export_json() -> Response:
        results = store.all()
        data = as_data(results, analyse(results))
        cards = [json.loads(result.card.to_json()) for result in results]
        return _download(json.dumps({**data, "cards": cards}, indent=1), "application/json")

    @app.get("/export.csv")
    def export_csv() -> Response:
        return _download(as_csv(store.all()), "text/csv; charset=utf-8")

    return app


class _Refused(Exception):
    """An upload that is not let in, with the HTTP status that says so."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


async def _body(request: Request) -> dict[str, Any]:
    """The upload as an object; stops reading at the size limit. Raises `KitError`."""
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > MAX_BYTES + 4096:
            raise KitError(f"an upload has at most {MAX_BYTES:,} bytes")
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise KitError("the upload is no JSON") from None
    if not isinstance(found, dict):
        raise KitError("the upload is no JSON object")
    return found


def _text(data: dict[str, Any], name: str, limit: int) -> str:
    value = data.get(name) or ""
    if not isinstance(value, str) or len(value) > limit:
        raise KitError(f"{name}: a text of at most {limit} characters")
    return "".join(c for c in value if c.isprintable()).strip()


def _refuse(status: int, message: str) -> Response:
    return JSONResponse({"error": message}, status)


def _download(text: str, media: str) -> Response:
    headers = {"X-Content-Type-Options": "nosniff", "Content-Disposition": "attachment"}
    return PlainTextResponse(text, media_type=media, headers=headers)


def name_of(result: Result) -> str:
    """What the board calls a laptop: a number, and the nickname if its user typed one."""
    return f"{result.number} {result.nickname}".strip()


def as_data(results: list[Result], board: Board) -> dict[str, Any]:
    """The board as plain data, for the page and the export. Nothing identifies a person."""
    letters = {number: group.letter for group in board.groups for number in group.members}
    names = {result.number: name_of(result) for result in results}
    return {
        "sentence": board.sentence(len(results)),
        "keys": list(board.keys),
        "matrix": [list(line) for line in board.matrix],
        "laptops": [{"name": names[r.number], "group": letters[r.number]} for r in results],
        "groups": [
            {
                "letter": group.letter,
                "size": len(group.members),
                "names": [names[number] for number in group.members],
                "facts": [_fact(group.shared[f]) for f in _FACTS if f in group.shared],
            }
            for group in board.groups
        ],
        "telling": [
            {"field": name, "values": [f"{letter}: {_fact(v)}" for letter, v in values.items()]}
            for name, values in board.telling[:12]
        ],
    }


def _fact(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def as_csv(results: list[Result]) -> str:
    """One line per laptop and generation, for a spreadsheet.

    A cell that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["laptop", "nickname", "generation", "sha256", "cpu", "engine", "model"])
    for result in results:
        card = result.card
        for key, digest in result.outputs.items():
            cells = [
                str(result.number), result.nickname, key, digest, card.hardware.cpu,
                card.engine.package, card.model.sha256,
            ]  # fmt: skip
            writer.writerow([f"'{c}" if c[:1] in "=+-@\t\r" and c else c for c in cells])
    return out.getvalue()
