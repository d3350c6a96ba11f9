"""Fetch one file: progress, resumed where it broke off, checked, put in place at once.

Whisper's and Coqui's own downloaders start again from zero after an interruption, and Coqui's
checks nothing. Here a partial file is kept beside the place of the whole one, under a name that
carries the server's ETag, so that it is only continued when the file is still the same.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from selfhost.console import Bar
from selfhost.errors import KitError
from selfhost.files import replace

#: Called with (what is done, bytes done, bytes in all); `selfhost.console.Bar` is one.
Told = Callable[[str, int, int], None]

MIRROR = "SELFHOST_SPEECH_MIRROR"
_TRIES = 5
_CHUNK = 1 << 16


def mirrored(url: str) -> str:
    """The address in a room's own mirror, where `SELFHOST_SPEECH_MIRROR` names one.

    The mirror holds the files under the same paths: a teacher's laptop that serves a folder with
    `python -m http.server` is one.
    """
    base = os.environ.get(MIRROR, "").rstrip("/")
    if not base:
        return url
    parts = urlsplit(url)
    return base + urlunsplit(("", "", parts.path, parts.query, ""))


def fetch(
    url: str,
    target: Path,
    *,
    sha256: str | None = None,
    label: str = "",
    progress: Told | None = None,
    headers: dict[str, str] | None = None,
) -> Path:
    """The file at `url` as `target`; nothing is downloaded when it is there and right.

    Raises `KitError`: no network, gone, disk full, wrong sha256. What has arrived by then is kept
    for the next call (a file with a wrong sha256 is not).
    """
    name = label or target.name
    tell = progress or Bar()
    if target.is_file():
        if sha256 is None or digest(target) == sha256:
            return target
        tell(f"{target.name} is not the file it should be; fetching it again", 0, 0)
    from filelock import FileLock

    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(target.with_name(f".{target.name}.lock")):
            if target.is_file() and (sha256 is None or digest(target) == sha256):
                return target  # another process has just fetched it
            part = _download(mirrored(url), target, name, tell, headers or {})
            if sha256 is not None:
                tell("verifying sha256", 0, 0)
                _verify(part, sha256, name)
            replace(part, target)
    except OSError as error:
        raise KitError(
            f"{name} cannot be written ({error.strerror or error}).", "free some space"
        ) from error
    return target


def digest(path: Path) -> str:
    """sha256 of a file, 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _verify(part: Path, sha256: str, name: str) -> None:
    got = digest(part)
    if got != sha256:
        part.unlink(missing_ok=True)
        raise KitError(
            f"What arrived for {name} is not the file it should be (sha256 {got[:12]}… instead of "
            f"{sha256[:12]}…); it was deleted.",
            "run it again; if it happens twice, the network changes downloads",
        )


def _download(url: str, target: Path, name: str, tell: Told, headers: dict[str, str]) -> Path:
    import httpx

    host = urlsplit(url).netloc
    with httpx.Client(follow_redirects=True, timeout=httpx.Timeout(30.0)) as client:
        for attempt in range(_TRIES):
            try:
                return _attempt(client, url, target, name, tell, headers)
            except httpx.HTTPStatusError as error:
                status = error.response.status_code
                if status not in (429, 500, 502, 503, 504) or attempt == _TRIES - 1:
                    raise KitError(
                        f"{host} does not hand out {name} (HTTP {status}).",
                        "update the kit, or name another model",
                    ) from error
            except httpx.ConnectError as error:
                raise KitError(
                    f"{name} cannot be fetched: no connection to {host}.",
                    f"the shipped models need no network; a room can set {MIRROR} to a mirror",
                ) from error
            except httpx.TransportError as error:
                if attempt == _TRIES - 1:
                    raise KitError(
                        f"The connection to {host} keeps breaking off; what arrived of {name} is "
                        "kept.",
                        "run it again: it goes on where it stopped",
                    ) from error
            time.sleep(min(0.2 * 2**attempt, 5.0))
    raise AssertionError("unreachable")


def _attempt(
    client: Any, url: str, target: Path, name: str, tell: Told, headers: dict[str, str]
) -> Path:
    """One request; continues the partial file when the server still has the same one."""
    held = sorted(target.parent.glob(f".{target.name}.*.part"))
    part = held[-1] if held else None
    have = part.stat().st_size if part else 0
    asked = dict(headers) | {"Accept-Encoding": "identity"}
    if part is not None and have:
        asked["Range"] = f"bytes={have}-"
    with client.stream("GET", url, headers=asked) as answer:
        if answer.status_code == 416 and part is not None:
            total = _total(answer.headers.get("Content-Range", ""))
            if total == have:
                return part
            part.unlink()
            raise _broken(answer)
        answer.raise_for_status()
        tag = _tag(answer.headers)
        goes_on = answer.status_code == 206 and part is not None and f".{tag}." in part.name
        if answer.status_code == 206 and not goes_on:
            assert part is not None
            part.unlink()  # of another version of the file
            raise _broken(answer)
        if not goes_on:
            for old in held:
                old.unlink()
            part, have = target.with_name(f".{target.name}.{tag}.part"), 0
        assert part is not None
        length = int(answer.headers.get("Content-Length") or 0)
        total = have + length if length else 0
        _write(answer, part, have, total, name, tell)
        if total and part.stat().st_size < total:
            raise _broken(answer)
    return part


def _write(answer: Any, part: Path, have: int, total: int, name: str, tell: Told) -> None:
    require_space(part.parent, total - have, name)
    tell(name, have, total)
    with part.open("ab" if have else "wb") as file:
        for data in answer.iter_bytes(_CHUNK):
            file.write(data)
            have += len(data)
            tell(name, have, total)
        file.flush()
        os.fsync(file.fileno())


def require_space(folder: Path, needed: int, name: str) -> None:
    """Raise `KitError` unless the disk of `folder` has room for so many bytes."""
    import shutil

    free = shutil.disk_usage(folder).free
    if needed + (64 << 20) > free:
        raise KitError(
            f"{name} needs {needed / 1e9:.2f} GB more on the disk of {folder}, and "
            f"{free / 1e9:.2f} GB are free.",
            "free some space",
        )


def _broken(answer: Any) -> Exception:
    import httpx

    return httpx.ReadError("the transfer is not complete", request=answer.request)


def _total(content_range: str) -> int | None:
    found = re.search(r"/(\d+)$", content_range)
    return int(found[1]) if found else None


def _tag(headers: Any) -> str:
    """What tells one version of a file from another, fit for a file's name."""
    words = headers.get("X-Linked-Etag") or headers.get("ETag") or headers.get("Last-Modified")
    return re.sub(r"[^0-9A-Za-z]", "", words or "")[:32] or "any"
