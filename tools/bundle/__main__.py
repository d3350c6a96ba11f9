"""`make bundle`: write a folder for a USB stick or for `selfhost room serve`.

Interrupted, the same command goes on: what is there is not fetched again. `room.json` is written
last, so a folder without it is unfinished.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from selfhost import __version__, weights
from selfhost.console import Bar, size
from selfhost.errors import KitError
from selfhost.room.manifest import NAME, Room, RoomFile, minutes, save
from tools.bundle import pages, proof, targets, wheels
from tools.house.line import sentence
from tools.house.places import BUILD, ROOT, say

START = """\
Generative AI models running in your own infrastructure: everything for a room without internet
================================================================================================

Made {made} from commit {commit}. In all {bytes}.

On the teacher's laptop (which has the kit set up):

    selfhost room serve FOLDER --lan       in the kit's environment, FOLDER being this one

It prints the address that students use. From a USB stick it works without any network: copy this
folder to the laptop, unpack kit/workshop.zip, and in the folder that it makes:

    SELFHOST_ROOM=/path/to/this/folder make lab
    PowerShell:  $env:SELFHOST_ROOM="D:\\this\\folder"; py kit.py lab

Nothing can be installed? site/index.html, if it is here, is the whole course to read.

Kinds of laptop that this folder serves: {targets}
{missing}
`selfhost room verify FOLDER` tells whether every byte is still what it was.
"""


def kit_files(folder: Path) -> list[RoomFile]:
    """The checkout as a zip (nothing but what is committed) and as a git bundle to clone from."""
    (folder / "kit").mkdir(parents=True, exist_ok=True)
    _git(
        "archive",
        "--format=zip",
        "--prefix=workshop/",
        "-o",
        str(folder / "kit/workshop.zip"),
        "HEAD",
    )
    _git("bundle", "create", "--quiet", str(folder / "kit/workshop.gitbundle"), "HEAD")
    return [
        entry(folder, "kit/workshop.zip", "kit", about={"licence": "MIT, CC BY 4.0, Apache-2.0"}),
        entry(folder, "kit/workshop.gitbundle", "kit", about={"licence": "the same, with history"}),
    ]


def _git(*arguments: str) -> str:
    try:
        answer = subprocess.run(
            ["git", *arguments], cwd=ROOT, capture_output=True, text=True, encoding="utf-8"
        )
    except FileNotFoundError as error:
        raise KitError(
            "git is not installed here, and a bundle is made with it.", "install git"
        ) from error
    if answer.returncode:
        raise KitError(
            f"git cannot pack this checkout ({answer.stderr.strip()[-200:]}).",
            "make the bundle in a clone of the repository",
        )
    return answer.stdout.strip()


def entry(
    folder: Path, path: str, kind: str, for_targets: tuple[str, ...] = (),
    about: dict[str, str] | None = None,
) -> RoomFile:  # fmt: skip
    """The line of one file in room.json."""
    with (folder / path).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return RoomFile(path, (folder / path).stat().st_size, digest, kind, for_targets, about or {})


def wheel_files(
    folder: Path, wanted: list[targets.Target]
) -> tuple[list[RoomFile], list[dict[str, Any]]]:
    """Packages for all kinds of laptop, each file once, and what is missing for which."""
    place = folder / "wheels"
    place.mkdir(parents=True, exist_ok=True)
    users: dict[str, list[str]] = {}
    lost: dict[tuple[str, str], list[str]] = {}
    for target in wanted:
        say(f"Packages for {target.name}")
        found = wheels.collect(target, place)
        gaps = proof.gaps(target, found.names, place)
        if "lab" in gaps:
            raise KitError(
                f"A laptop of the kind {target.name} could not be set up: {gaps['lab']}.",
                "leave this kind of laptop out of TARGETS",
            )
        for name in found.names:
            users.setdefault(name, []).append(target.name)
        parts = {f"the set-up's part “{part}”": why for part, why in gaps.items()}
        for what, why in (found.missing | parts).items():
            lost.setdefault((what, why), []).append(target.name)
    for old in place.glob("*.whl"):
        if old.name not in users:  # of an earlier bundle in this folder
            old.unlink()
    files = [
        entry(
            folder,
            f"wheels/{name}",
            "wheel",
            tuple(sorted(users[name])),
            {"licence": wheels.licence(place / name)},
        )
        for name in sorted(users)
    ]
    missing = [{"what": what, "why": why, "targets": names} for (what, why), names in lost.items()]
    return files, missing


def model_files(folder: Path, names: list[str], *, accept: bool) -> list[RoomFile]:
    """Big models: those that are on this computer, fetched if they are not. Raises KitError."""
    files = []
    for name in names:
        model = weights.lookup(name)
        if model is None or model.repo is None:
            raise KitError(
                f"{name} is no model that the kit can put into a bundle.", "selfhost models list"
            )
        source = weights.fetch(name, Bar(), accept_licence=accept)
        path = f"models/{source.name}"
        _put(source, folder / path)
        about = {
            "name": model.name, "repo": model.repo, "file": model.file, "licence": model.licence,
            "licence_url": model.licence_url, "source": model.source,
        }  # fmt: skip
        files.append(entry(folder, path, "model", about=about))
    return files


def installer_files(folder: Path, given: Path | None) -> list[RoomFile]:
    """What the teacher has downloaded for the room: Ollama's and Jan's installers and the like."""
    if given is None:
        return []
    if not given.is_dir():
        raise KitError(f"{given} is no folder.", "make bundle INSTALLERS=FOLDER")
    files = []
    for source in sorted(path for path in given.iterdir() if path.is_file()):
        path = f"installers/{source.name}"
        _put(source, folder / path)
        files.append(entry(folder, path, "installer", about={"licence": "see its publisher"}))
    return files


def _put(source: Path, place: Path) -> None:
    """A copy of a large file under its final name only when it is whole."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists() and place.stat().st_size == source.stat().st_size:
        return
    fresh = place.with_name(place.name + ".new")
    shutil.copyfile(source, fresh)
    fresh.replace(place)


def make(folder: Path, asked: argparse.Namespace) -> Room:
    """Write everything; the list comes last. Raises KitError."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NAME).unlink(missing_ok=True)
    wanted = targets.read(asked.targets)
    files = kit_files(folder)
    packages, missing = wheel_files(folder, wanted)
    files += packages
    site = pages.copy(BUILD / "site", folder)
    files += [entry(folder, path, "page") for path in site]
    if not site:
        names = [target.name for target in wanted]
        why = "it was not built here (make site, then make bundle again)"
        missing.append({"what": "the website", "why": why, "targets": names})
    files += model_files(
        folder, asked.models.replace(",", " ").split(), accept=asked.accept == "yes"
    )
    files += installer_files(folder, Path(asked.installers) if asked.installers else None)
    room = Room(
        targets=tuple(target.name for target in wanted), files=tuple(files), missing=tuple(missing),
        made=time.strftime("%Y-%m-%d", time.gmtime()), kit=__version__,
        commit=_git("rev-parse", "--short=12", "HEAD"),
    )  # fmt: skip
    lines = [f"  {each['what']} ({', '.join(each['targets'])}): {each['why']}" for each in missing]
    text = START.format(
        made=room.made, commit=room.commit, targets=", ".join(room.targets),
        bytes=size(sum(each.bytes for each in files)),
        missing="\n".join(["Not in it:", *lines, ""]) if lines else "",
    )  # fmt: skip
    (folder / "START-HERE.txt").write_text(text, encoding="utf-8")
    shutil.copyfile(ROOT / "NOTICES.md", folder / "NOTICES.md")
    save(room, folder)
    return room


def report(room: Room, folder: Path) -> str:
    """What the teacher wants to know at the end."""
    lines = [f"The bundle is in {folder} ({size(sum(f.bytes for f in room.files))})."]
    for target in targets.read(" ".join(room.targets)):
        count = room.bytes(target.name)
        oldest = targets.floor(target, (f.path[7:] for f in room.of("wheel", target.name)))
        lines.append(
            f"  {target.name}: {size(count)} for a laptop, {minutes(count):.0f} minutes at "
            "20 Mbit/s" + (f"; {oldest} or newer" if oldest else "")
        )
    for each in (*room.of("model"), *room.of("installer")):
        lines.append(f"  {each.path}: {size(each.bytes)}, {minutes(each.bytes):.0f} minutes")
    for lost in room.missing:
        lines.append(f"  not in it: {lost['what']} for {', '.join(lost['targets'])}: {lost['why']}")
    lines.append(f"Give it to the room: selfhost room serve {folder} --lan")
    return "\n".join(lines)


def main() -> int:
    """Read the settings and write the folder; errors for people are one sentence."""
    parser = argparse.ArgumentParser(prog="make bundle")
    parser.add_argument("--out", default=str(BUILD / "bundle"))
    parser.add_argument("--targets", default="")
    parser.add_argument("--models", default="")
    parser.add_argument("--installers", default="")
    parser.add_argument("--accept", default="no")
    asked = parser.parse_args()
    folder = Path(asked.out).expanduser()
    try:
        say(report(make(folder, asked), folder))
    except KitError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except OSError as error:
        print(sentence(error), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
