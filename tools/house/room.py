"""Set a laptop up from the teacher's laptop or from a USB stick: `SELFHOST_ROOM=ADDRESS make lab`.

`SELFHOST_ROOM` is the address of `selfhost room serve` or a folder that `make bundle` has written.
Its `room.json` names every file with its size and sha256. What comes over the room's Wi-Fi is
continued where it was cut, checked, and fetched again if a byte is wrong; then pip sees nothing
but these files. Only the standard library: this runs before anything is installed.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import platform
import secrets
import shutil
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from selfhost.errors import KitError
from tools.house.places import room, room_wheels, say, user_cache, wheel_cache

CHUNK = 1 << 18
PATIENCE = 8  # tries in a row that bring nothing new
TIMEOUT = 60.0  # seconds without a byte
_MACHINES = {"amd64": "x86_64", "aarch64": "arm64"}
_SYSTEMS = {"linux": "linux", "darwin": "macos", "win32": "windows"}
# The room is next door: never through a proxy.
_OPEN = urllib.request.build_opener(urllib.request.ProxyHandler({})).open


def target(version: tuple[int, ...] | None = None) -> str:
    """The kind of laptop this is, as `room.json` writes it: `linux-x86_64-3.11`."""
    machine = platform.machine().lower()
    minor = ".".join(map(str, (version or sys.version_info)[:2]))
    return f"{_SYSTEMS.get(sys.platform, sys.platform)}-{_MACHINES.get(machine, machine)}-{minor}"


def prepare() -> None:
    """With `SELFHOST_ROOM` set: have all packages for this laptop at hand, whole and checked.

    Raises KitError: nobody answers there, it has nothing for this kind of laptop, a file stays
    damaged, the disk is full.
    """
    where = room()
    if where is None:
        return
    plan = manifest(where)
    mine = target()
    if mine not in plan["targets"]:
        raise KitError(
            f"The room has packages for {', '.join(plan['targets'])}, and this laptop is {mine}.",
            f"another Python, or on the teacher's laptop: make bundle TARGETS={mine}",
        )
    wanted = [each for each in plan["files"] if each["kind"] == "wheel" and mine in each["targets"]]
    if is_address(where):
        fetch(where, wanted)
    else:
        check(Path(where), wanted)
    _keep_built_wheels(wanted)
    for lost in plan.get("missing", []):
        if mine in lost["targets"]:
            say(f"  the room has no {lost['what']}: {lost['why']}")


def is_address(where: str) -> bool:
    """True for `http://…`, False for a folder."""
    return where.startswith(("http://", "https://"))


def manifest(where: str) -> dict[str, Any]:
    """The room's `room.json`. Raises KitError."""
    try:
        if is_address(where):
            with _OPEN(_request(f"{where}/room.json"), timeout=TIMEOUT) as answer:
                found = json.loads(answer.read(64 << 20))
        else:
            found = json.loads((Path(where) / "room.json").read_text(encoding="utf-8"))
        assert found["format"] == 1 and isinstance(found["files"], list)
    except (OSError, http.client.HTTPException) as error:
        if is_address(where):
            raise KitError(
                f"Nobody answers at {where} (SELFHOST_ROOM).",
                "ask for the address that `selfhost room serve` printed, and join the same Wi-Fi",
            ) from error
        raise KitError(
            f"There is no room.json in {where} (SELFHOST_ROOM).",
            "name the folder that `make bundle` has written",
        ) from error
    except (ValueError, KeyError, TypeError, AssertionError) as error:
        raise KitError(
            f"What {where} answers is no list of the kit's files.",
            "ask for the address that `selfhost room serve` printed",
        ) from error
    return dict(found)


def fetch(where: str, wanted: list[dict[str, Any]]) -> None:
    """All wanted files into this user's cache; those that are there and whole stay."""
    folder = room_wheels()
    assert folder is not None
    folder.mkdir(parents=True, exist_ok=True)
    names = {Path(each["path"]).name for each in wanted}
    todo = [each for each in wanted if not _whole(folder / Path(each["path"]).name, each)]
    missing = sum(each["bytes"] for each in todo)
    if shutil.disk_usage(folder).free < missing + (1 << 28):
        raise KitError(
            f"The disk has too little space for the room's packages ({missing / 1e6:,.0f} MB).",
            "free some space, then the same command again: it goes on where it stopped",
        )
    for old in folder.iterdir():  # pip must not find last term's versions here
        if old.suffix == ".whl" and old.name not in names:
            old.unlink()
    if todo:
        say(f"  fetching {len(todo)} packages ({missing / 1e6:,.0f} MB) from {where}")
    told = Told(missing)
    for each in todo:
        download(f"{where}/{each['path']}", folder / Path(each["path"]).name, each, told)
    report(where, "packages fetched")


def check(folder: Path, wanted: list[dict[str, Any]]) -> None:
    """Files on a stick: every byte as it was when they were put there? Raises KitError."""
    say(f"  checking {len(wanted)} packages in {folder}")
    for each in wanted:
        if not _whole(folder / each["path"], each):
            raise KitError(
                f"{each['path']} is missing or damaged on this stick or folder.",
                "copy it from the teacher's folder again (selfhost room verify FOLDER)",
            )


class Told:
    """A line every ten seconds: how much has come, how fast."""

    def __init__(self, total: int) -> None:
        self.total, self.done = total, 0
        self.begin = self.last = time.monotonic()

    def add(self, count: int) -> None:
        """`count` more bytes are here."""
        self.done += count
        now = time.monotonic()
        if now - self.last > 10:
            self.last = now
            speed = self.done / (now - self.begin) / 1e6
            say(f"  {self.done / 1e6:,.0f} of {self.total / 1e6:,.0f} MB ({speed:.1f} MB/s)")


def download(url: str, path: Path, about: dict[str, Any], told: Told | None = None) -> None:
    """One file: continued after a cut, checked, and fetched again when a byte is wrong.

    Raises KitError when it stays damaged or nothing comes any more.
    """
    part = path.with_name(path.name + ".part")
    tries = damaged = 0
    while True:
        before = part.stat().st_size if part.exists() else 0
        if before > about["bytes"]:
            part.unlink()
            before = 0
        try:
            if before < about["bytes"]:
                _continue(url, part, before, told)
        except _Busy:
            time.sleep(2)  # the room serves a few at a time; this is no failure
            continue
        except urllib.error.HTTPError as error:
            raise KitError(
                f"The room does not give {path.name} ({error.code}).",
                "on the teacher's laptop: selfhost room verify FOLDER",
            ) from error
        except (OSError, http.client.HTTPException) as error:
            if getattr(error, "errno", None) == 28:
                raise
            came = part.exists() and part.stat().st_size > before
            tries = 0 if came else tries + 1
            if tries >= PATIENCE:
                raise KitError(
                    f"The room no longer answers; {path.name} came in part.",
                    "the same command again: it goes on where it stopped",
                ) from error
            time.sleep(min(0.2 * 2**tries, 5))
            continue
        if part.stat().st_size < about["bytes"]:
            continue
        if _whole(part, about):
            part.replace(path)
            return
        part.unlink()
        damaged += 1
        say(f"  {path.name} arrived damaged: fetching it again")
        if damaged == 3:
            raise KitError(
                f"{path.name} is damaged in the room itself.",
                "on the teacher's laptop: selfhost room verify FOLDER",
            )


class _Busy(Exception):
    """All places of the room are taken."""


def _continue(url: str, part: Path, start: int, told: Told | None) -> None:
    request = _request(url)
    if start:
        request.add_header("Range", f"bytes={start}-")
    try:
        answer = _OPEN(request, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        if error.code == 503:
            raise _Busy from error
        raise
    with answer, part.open("ab" if answer.status == 206 else "wb") as file:
        while data := answer.read(CHUNK):
            file.write(data)
            if told:
                told.add(len(data))


def _request(url: str) -> urllib.request.Request:
    return urllib.request.Request(url, headers={"X-Laptop": laptop()})


def _whole(path: Path, about: dict[str, Any]) -> bool:
    try:
        if path.stat().st_size != about["bytes"]:
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == about["sha256"]
    except FileNotFoundError:
        return False


def laptop() -> str:
    """A random number that stays with this user's laptop, and a name if they gave one.

    The teacher sees by it who has finished; it says nothing about who they are.
    """
    file = user_cache() / "room" / "laptop.txt"
    try:
        number = file.read_text(encoding="utf-8").strip()
    except OSError:
        number = secrets.token_hex(3)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(number, encoding="utf-8")
    name = "".join(
        c for c in os.environ.get("SELFHOST_NAME", "") if c.isascii() and c.isprintable()
    )
    return f"{number} {name[:24]}".strip()


def report(where: str | None, stage: str) -> None:
    """Tell the room how far this laptop is; that nobody listens is no trouble."""
    if where is None or not is_address(where):
        return
    request = _request(f"{where}/room/report")
    request.add_header("Content-Type", "application/json")
    data = json.dumps({"stage": stage, "target": target()}).encode()
    try:
        _OPEN(request, data, timeout=5).close()
    except (OSError, http.client.HTTPException):
        return


def _keep_built_wheels(wanted: list[dict[str, Any]]) -> None:
    """llama-cpp-python, compiled once on the teacher's laptop, is not compiled again here."""
    folder = room_wheels()
    for each in wanted:
        name = Path(each["path"]).name
        if folder is not None and name.startswith("llama_cpp_python-"):
            kept = wheel_cache() / name
            if not kept.exists():
                kept.parent.mkdir(parents=True, exist_ok=True)
                fresh = kept.with_suffix(".new")
                shutil.copyfile(folder / name, fresh)
                fresh.replace(kept)
