"""Where Whisper's and Coqui's own models come from, and where they are kept.

They lie where the tools themselves look for them, so that `whisper --model tiny` and the kit share
one copy: `~/.cache/whisper` (`XDG_CACHE_HOME` moves it) and Coqui's data folder (`TTS_HOME`,
`XDG_DATA_HOME`).
"""

from __future__ import annotations

import difflib
import json
import os
import shutil
import zipfile
from pathlib import Path
from typing import Any

from selfhost.errors import KitError
from selfhost.speech import download
from selfhost.speech.coqui import VoiceFiles, quiet
from selfhost.speech.sound import package

# Licences that are no open ones: they must be accepted before a download, not found out after.
_CLOSED = ("cpml", "nc", "custom")
# bark's checkpoints are loaded by Coqui with pickle; the others copy a voice.
_OWN_INTERFACE = ("bark", "tortoise", "xtts", "your_tts")


def whisper_folder() -> Path:
    """Whisper's own cache."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "whisper"


def whisper_file(name: str, progress: download.Told | None = None) -> Path:
    """The checkpoint of one of Whisper's models, fetched when missing. Raises `KitError`."""
    known: dict[str, str] = package("whisper", "openai-whisper")._MODELS
    if name not in known:
        close = difflib.get_close_matches(name, [*known, "oido"], n=1)
        raise KitError(
            f"There is no speech model {name!r}.",
            f"did you mean {close[0]!r}?" if close else f"oido, {', '.join(known)}, or a file",
        )
    url = known[name]
    sha256, file = url.split("/")[-2:]
    target = whisper_folder() / file
    if target.is_file() and _remembered(target, sha256):
        return target
    return download.fetch(url, target, sha256=sha256, label=f"whisper {name}", progress=progress)


def _remembered(path: Path, sha256: str) -> bool:
    """sha256 by the kit's memory of large files: hashing gigabytes at each call takes seconds."""
    from selfhost.weights import sha256 as known_sha256

    return known_sha256(path) == sha256


def coqui_catalogue() -> dict[str, dict[str, Any]]:
    """Coqui's list of models, as the installed package has it: full name -> entry."""
    from importlib.util import find_spec

    spec = find_spec("TTS")
    if spec is None or not spec.submodule_search_locations:
        raise KitError("The package coqui-tts is not installed.", 'pip install -e ".[speech]"')
    file = Path(next(iter(spec.submodule_search_locations))) / ".models.json"
    tree = json.loads(file.read_text(encoding="utf-8"))
    return {
        f"{kind}/{language}/{data}/{model}": entry
        for kind, languages in tree.items()
        for language, sets in languages.items()
        for data, models in sets.items()
        for model, entry in models.items()
    }


def coqui_voice(name: str, progress: download.Told | None = None) -> VoiceFiles:
    """The files of one of Coqui's voices and its vocoder, fetched when missing.

    Raises `KitError`: unknown name, closed licence not accepted, no network, damaged archive.
    """
    known = coqui_catalogue()
    entry = known.get(name)
    if entry is None:
        close = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {close[0]}?" if close else "selfhost speech voices"
        raise KitError(f"Coqui has no voice {name!r}.", hint)
    _require_licence(name, entry)
    if any(kind in name for kind in _OWN_INTERFACE):
        raise KitError(
            f"{name} needs more than a text (a recording to copy, or code in its checkpoint), and "
            "the kit does not load it.",
            f"Coqui's own command: tts --model_name {name} --help",
        )
    folder = _folder(name, entry, progress)
    vocoder = None
    if entry.get("default_vocoder"):
        vocoder = _folder(entry["default_vocoder"], known[entry["default_vocoder"]], progress)
    quiet()
    manager = package("TTS.utils.manage", "coqui-tts").ModelManager
    try:
        model, config = manager._find_files(folder)
        manager()._update_paths(folder, config)
        wave, wave_config = manager._find_files(vocoder) if vocoder else (None, None)
    except (ValueError, OSError) as error:
        raise KitError(
            f"{name} is not whole: {error}.", f"delete {folder}, run it again"
        ) from error
    licence = str(entry.get("license") or "unknown")
    return VoiceFiles(name, model, config, wave, wave_config, licence)


def coqui_folder(name: str) -> Path:
    """Where a model of Coqui's is kept."""
    return Path(package("trainer.io", "coqui-tts").get_user_data_dir("tts")) / name.replace(
        "/", "--"
    )


def _folder(name: str, entry: dict[str, Any], progress: download.Told | None) -> Path:
    folder = coqui_folder(name)
    if (folder / "config.json").is_file():
        return folder
    if "github_rls_url" in entry:
        _unpack(name, str(entry["github_rls_url"]), folder, progress)
    elif "repo_id" in entry:
        _from_hub(name, entry, folder, progress)
    else:
        raise KitError(f"Coqui's list has no address for {name}.", "take another voice")
    return folder


def _require_licence(name: str, entry: dict[str, Any]) -> None:
    licence = str(entry.get("license") or "unknown")
    words = licence.lower().replace("-", " ").split()
    closed = entry.get("tos_required") or any(word in words for word in _CLOSED)
    accepted = {os.environ.get("COQUI_TOS_AGREED"), os.environ.get("SELFHOST_ACCEPT_LICENCE")}
    if closed and "1" not in accepted:
        raise KitError(
            f"{name} comes under the licence {licence!r}, which is not an open one: read it, and "
            "say that you accept it.",
            "set SELFHOST_ACCEPT_LICENCE=1",
        )


def _unpack(name: str, url: str, folder: Path, progress: download.Told | None) -> None:
    """A zip file from Coqui's releases; every member's checksum is compared on the way out.

    The releases publish no sha256. The one that arrived is kept in `SHA256`, for whoever compares.
    """
    if not url.endswith(".zip"):
        raise KitError(f"{name} does not come as a zip file.", "take another voice")
    archive = download.fetch(
        url, folder.with_name(folder.name + ".zip"), label=name, progress=progress
    )
    fresh = folder.with_name(f".{folder.name}.new")
    try:
        with zipfile.ZipFile(archive) as packed:
            members = [each for each in packed.infolist() if not each.is_dir()]
            download.require_space(folder.parent, sum(each.file_size for each in members), name)
            fresh.mkdir(parents=True, exist_ok=True)
            for each in members:  # flat, by the last part of the name: no way out of the folder
                (fresh / Path(each.filename).name).write_bytes(packed.read(each))
    except (zipfile.BadZipFile, EOFError, ValueError) as error:
        archive.unlink(missing_ok=True)
        raise KitError(f"What arrived for {name} is no whole zip file; it was deleted.",
                       "run it again") from error  # fmt: skip
    (fresh / "SHA256").write_text(download.digest(archive) + "\n", encoding="utf-8")
    _put(fresh, folder)
    archive.unlink()


def _from_hub(
    name: str, entry: dict[str, Any], folder: Path, progress: download.Told | None
) -> None:
    """The files of a repository on the Hugging Face hub; large ones have a sha256 there."""
    from fnmatch import fnmatch

    import httpx

    base = os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")
    repo = str(entry["repo_id"])
    asked = f"{base}/api/models/{repo}?blobs=true"
    try:
        answer = httpx.get(asked, follow_redirects=True, timeout=30.0)
        answer.raise_for_status()
        siblings = answer.json()["siblings"]
    except (httpx.HTTPError, ValueError, KeyError) as error:
        raise KitError(f"{name} cannot be fetched: {base} gives no list of its files.",
                       "the shipped voices need no network") from error  # fmt: skip
    allow, ignore = entry.get("allow") or ["*"], entry.get("ignore") or []
    fresh = folder.with_name(f".{folder.name}.new")
    for each in siblings:
        file = str(each["rfilename"])
        wanted = any(fnmatch(file, p) for p in allow) and not any(fnmatch(file, p) for p in ignore)
        if not wanted or file.startswith(".") or ".." in Path(file).parts:
            continue
        sha256 = (each.get("lfs") or {}).get("sha256")
        url = f"{base}/{repo}/resolve/main/{file}"
        download.fetch(url, fresh / Path(file).name, sha256=sha256, label=file, progress=progress)
    _put(fresh, folder)


def _put(fresh: Path, folder: Path) -> None:
    """The whole folder at once; what was there had no configuration and is no model."""
    if folder.exists():
        shutil.rmtree(folder)
    fresh.replace(folder)
