"""`room.json`: what lies in a room's folder, and whether it is what was put there."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from selfhost.errors import KitError
from selfhost.files import write_atomically

FORMAT = 1
NAME = "room.json"
WIFI = 20e6  # bit/s: what one laptop gets in a room, at best; for the minutes that we state
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class RoomFile:
    """One file: its path inside the folder (with /), size in bytes, sha256, and what it is for.

    `kind` is kit, wheel, model, installer or page (of the course's website). `targets` are the
    kinds of laptop that need it (`linux-x86_64-3.11`); none means all.
    """

    path: str
    bytes: int
    sha256: str
    kind: str
    targets: tuple[str, ...] = ()
    about: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Room:
    """The list. `missing` says plainly what could not be put in: `what`, `targets`, `why`."""

    targets: tuple[str, ...]
    files: tuple[RoomFile, ...]
    missing: tuple[dict[str, Any], ...] = ()
    made: str = ""
    kit: str = ""
    commit: str = ""

    def of(self, kind: str, target: str | None = None) -> list[RoomFile]:
        """The files of one kind, for one kind of laptop or for all."""
        return [
            each for each in self.files
            if each.kind == kind and (not target or not each.targets or target in each.targets)
        ]  # fmt: skip

    def bytes(self, target: str | None = None) -> int:
        """What a laptop of this kind fetches: its packages and the kit, in bytes."""
        return sum(each.bytes for kind in ("kit", "wheel") for each in self.of(kind, target))


def minutes(count: int, bits_per_second: float = WIFI) -> float:
    """How long so many bytes take, in minutes."""
    return count * 8 / bits_per_second / 60


def save(room: Room, folder: Path) -> None:
    """Write the list; it comes last, so a folder that has one is complete."""
    data = {"format": FORMAT, **asdict(room)}
    write_atomically(folder / NAME, json.dumps(data, indent=1) + "\n")
    (folder / NAME).chmod(0o644)  # a stick is read by others, too


def load(folder: Path) -> Room:
    """Read the list. Raises `KitError` if there is none or it is not right."""
    try:
        data = json.loads((folder / NAME).read_text(encoding="utf-8"))
        if data.pop("format") != FORMAT:
            raise ValueError("another format")
        files = tuple(_file(each) for each in data.pop("files"))
        room = Room(
            files=files,
            targets=tuple(data.pop("targets")),
            missing=tuple(data.pop("missing")),
            **{name: str(data[name]) for name in ("made", "kit", "commit")},
        )
    except OSError as error:
        raise KitError(
            f"{folder} holds no {NAME}, so it is no room's folder or an unfinished one.",
            "make bundle OUT=FOLDER",
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise KitError(
            f"{folder / NAME} is not as the kit writes it ({error}).", "make bundle OUT=FOLDER"
        ) from error
    return room


def _file(data: dict[str, Any]) -> RoomFile:
    path = PurePosixPath(data["path"])
    if path.is_absolute() or ".." in path.parts or "\\" in data["path"]:
        raise ValueError(f"a path outside the folder: {path}")
    return RoomFile(
        str(path), int(data["bytes"]), str(data["sha256"]), str(data["kind"]),
        tuple(data["targets"]), dict(data["about"]),
    )  # fmt: skip


def incomplete(room: Room, folder: Path) -> list[str]:
    """Paths that are missing or of another size: a copy that was cut. Quick; reads no file."""
    found = []
    for each in room.files:
        try:
            same = (folder / each.path).stat().st_size == each.bytes
        except OSError:
            same = False
        if not same:
            found.append(each.path)
    return found


def verify(folder: Path, tell: Tell | None = None) -> list[str]:
    """Paths that are missing or differ from the list; empty if all is well. Raises `KitError`."""
    import hashlib

    room = load(folder)
    total, done, wrong = sum(each.bytes for each in room.files), 0, []
    for each in room.files:
        path = folder / each.path
        try:
            same = path.stat().st_size == each.bytes
            if same:
                with path.open("rb") as file:
                    same = hashlib.file_digest(file, "sha256").hexdigest() == each.sha256
        except OSError:
            same = False
        if not same:
            wrong.append(each.path)
        done += each.bytes
        if tell:
            tell("checking", done, total)
    return wrong
