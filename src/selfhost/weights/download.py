"""Fetch a known model: licence first, disk checked, resumed, verified, then put in place at once.

`huggingface_hub` 1.x throws a partial file away when a download is interrupted (its temporary
names are unique per attempt), and a room's Wi-Fi interrupts often. So the partial file is kept
here, under a name that carries the file's ETag, and the library's `http_get` continues it.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from selfhost.errors import KitError
from selfhost.files import replace, write_atomically
from selfhost.weights.gguf_check import check_gguf
from selfhost.weights.hashes import sha256 as file_sha256
from selfhost.weights.hub import RemoteFile, describe_file, sentences
from selfhost.weights.manifest import KnownModel, destination, known, lookup

#: Called with (status, bytes done, bytes in all); the words are those of `ollama pull`.
Progress = Callable[[str, int, int], None]

_SPARE = 64 << 20  # bytes left free on the disk beyond the file itself


def fetch(
    name: str,
    progress: Progress | None = None,
    *,
    accept_licence: bool = False,
    force: bool = False,
) -> Path:
    """The local file of a known model, downloaded if it is not there yet.

    An interrupted download is continued by the next call. `accept_licence` (or
    `SELFHOST_ACCEPT_LICENCE=1`) says that the reader agrees to terms that are no open licence.
    An exception raised by `progress` stops the download and keeps what arrived.

    Raises `KitError`: unknown name, terms not accepted, no network, gated, gone, disk full,
    wrong sha256, broken file.
    """
    tell = progress or (lambda status, done, total: None)
    model = lookup(name)
    if model is None:
        names = ", ".join(each.name for each in known().values())
        raise KitError(
            f"The kit knows no model {name!r}; it knows {names}.", "selfhost models list"
        )
    target = destination(model)
    if target.is_file() and not force:
        return target
    if model.repo is None:
        raise KitError(
            f"{model.name} comes with the kit, but {target.name} is missing from this checkout.",
            f"git checkout -- models/{model.file}",
        )
    _require_licence(model, accept_licence)
    tell("pulling manifest", 0, 0)
    remote = describe_file(model)
    _require_same_file(model, remote)
    with _one_at_a_time(model, target, tell):
        if not target.is_file() or force:  # another process may just have fetched it
            _download(model, remote, target, tell)
    tell("success", 0, 0)
    return target


def _require_licence(model: KnownModel, accepted: bool) -> None:
    if model.open_licence or accepted or os.environ.get("SELFHOST_ACCEPT_LICENCE") == "1":
        return
    raise KitError(
        f"{model.name} comes under the {model.licence}, which is not an open licence: "
        f"read it at {model.licence_url} and say that you accept it.",
        f"selfhost models pull {model.name} --accept-licence (or SELFHOST_ACCEPT_LICENCE=1)",
    )


def _require_same_file(model: KnownModel, remote: RemoteFile) -> None:
    """Refuse before the download when the hub itself announces another file."""
    if model.sha256 and remote.sha256 and model.sha256 != remote.sha256.lower():
        raise KitError(
            f"The hub now has another file under {model.repo}/{model.file} than the one the kit "
            "was tested with.",
            "update the kit: git pull",
        )


@contextmanager
def _one_at_a_time(model: KnownModel, target: Path, tell: Progress) -> Iterator[None]:
    """Hold the lock of this file; two notebooks that pull the same model download it once."""
    from filelock import FileLock, Timeout

    with sentences(model):
        target.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(target.with_name(target.name + ".lock"))
        while True:
            try:
                lock.acquire(timeout=0.5)
                break
            except Timeout:
                tell("waiting for another process that fetches the same file", 0, 0)
    try:
        yield
    finally:
        lock.release()


def _download(model: KnownModel, remote: RemoteFile, target: Path, tell: Progress) -> None:
    tag = "".join(letter for letter in remote.etag if letter.isalnum())[:16]
    part = target.with_name(f"{target.name}.{tag}.part")
    for old in target.parent.glob(f"{target.name}.*.part"):
        if old != part:  # of another version of the file
            old.unlink(missing_ok=True)
    have = part.stat().st_size if part.exists() else 0
    if remote.size is not None and have > remote.size:
        part.unlink()
        have = 0
    require_space(model, target.parent, (remote.size or model.bytes or 0) - have)
    label = f"pulling {(remote.sha256 or tag)[:12]}"
    with sentences(model), part.open("ab") as file:
        _http_get(remote, _Counting(file, label, remote.size or 0, tell), have)
        file.flush()
        os.fsync(file.fileno())
    tell("verifying sha256 digest", 0, 0)
    _verify(model, remote, part)
    if target.suffix == ".gguf":
        try:
            check_gguf(part)
        except KitError:
            part.unlink(missing_ok=True)
            raise
    tell("writing manifest", 0, 0)
    with sentences(model):
        _write_source(model, remote, target)
        replace(part, target)


def require_space(model: KnownModel, folder: Path, needed: int) -> None:
    """Raise `KitError` unless `folder`'s disk has room for `needed` bytes and some to spare."""
    free = shutil.disk_usage(folder).free
    if free < needed + _SPARE:
        raise KitError(
            f"{model.name} needs {(needed + _SPARE) / 1e9:.2f} GB on the disk of {folder}, and "
            f"{free / 1e9:.2f} GB are free.",
            "free some space or set SELFHOST_MODELS to a folder on another disk",
        )


def _verify(model: KnownModel, remote: RemoteFile, part: Path) -> None:
    expected = model.sha256 or remote.sha256
    if expected and file_sha256(part) != expected.lower():
        part.unlink(missing_ok=True)  # resuming a wrong file would never make it right
        raise KitError(
            f"What arrived for {model.name} is not the file it should be (sha256 differs); it was "
            "deleted.",
            f"selfhost models pull {model.name}",
        )


def _write_source(model: KnownModel, remote: RemoteFile, target: Path) -> None:
    """Leave a note beside the file: where it came from. Written before the file appears."""
    note = {
        "name": model.name,
        "repo": model.repo,
        "revision": model.revision or "main",
        "file": model.file,
        "sha256": model.sha256 or remote.sha256,
        "licence": model.licence,
        "licence_url": model.licence_url,
    }
    path = target.with_name(target.name + ".source.json")
    write_atomically(path, json.dumps(note, indent=2) + "\n")


def _http_get(remote: RemoteFile, file: _Counting, have: int) -> None:
    """The library's own download loop: it resumes, and retries when the connection drops."""
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils import logging

    level = logging.get_verbosity()
    logging.set_verbosity_error()  # its retries are not the reader's concern
    try:
        http_get(
            remote.url,
            file,  # type: ignore[arg-type]
            resume_size=have,
            headers=dict(remote.headers),
            expected_size=remote.size,
            tqdm_class=_NoBar,  # type: ignore[arg-type]
        )
    finally:
        logging.set_verbosity(level)


class _Counting:
    """A file that tells how much of it has been written."""

    def __init__(self, file: BinaryIO, label: str, total: int, tell: Progress) -> None:
        self._file, self._label, self._total, self._tell = file, label, total, tell
        tell(label, file.seek(0, 2), total)

    def write(self, data: bytes) -> int:
        written = self._file.write(data)
        self._tell(self._label, self._file.tell(), self._total)
        return written

    def tell(self) -> int:
        return self._file.tell()

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def truncate(self, size: int | None = None) -> int:
        return self._file.truncate(size)


class _NoBar:
    """Stands where the library wants a progress bar: ours is told by `_Counting`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def update(self, amount: float = 1) -> None:
        pass

    def close(self) -> None:
        pass

    def __enter__(self) -> _NoBar:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()
