"""`selfhost models`: the models the kit knows: list, pull, add, verify, show, path, remove."""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from selfhost import KitError, weights
from selfhost.commands import Result
from selfhost.console import Bar, columns, say, size
from selfhost.paths import shipped_models

HELP = "model files: list, pull, add, verify, show what is in one"


def configure(parser: argparse.ArgumentParser) -> None:
    """Subcommands, `list` being the default."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    actions.add_parser("list", help="which models are known, and which are here")
    pull = actions.add_parser("pull", help="download a model (resumes, checks sha256)")
    pull.add_argument("name")
    pull.add_argument("--accept-licence", action="store_true", help="I accept its terms")
    pull.add_argument("--force", action="store_true", help="download even if it is here")
    add = actions.add_parser("add", help="take a model file that came on a USB stick")
    add.add_argument("file", type=Path)
    verify = actions.add_parser("verify", help="compare files with their sha256")
    verify.add_argument(
        "name", nargs="?", help="a known name or a file; without: all that are here"
    )
    show = actions.add_parser("show", help="what a GGUF file says about itself")
    show.add_argument("name", help="a known name or a file")
    show.add_argument("--tensors", action="store_true", help="list every tensor")
    path = actions.add_parser("path", help="where a model's file is")
    path.add_argument("name")
    remove = actions.add_parser("remove", help="delete a downloaded model")
    remove.add_argument("name")


def run(args: argparse.Namespace) -> Any:
    """Do what was asked; every result says what it is under `action`."""
    action = args.action or "list"
    if action == "list":
        return {"action": action, "models": [_row(model) for model in weights.known().values()]}
    if action == "pull":
        return _pull(args)
    if action == "add":
        model = weights.adopt(args.file)
        path = weights.destination(model)
        return {"action": action, "name": model.name, "path": str(path)}
    if action == "verify":
        return _verify(args.name)
    if action == "show":
        return _show(_file(args.name), args.tensors)
    if action == "path":
        return {"action": action, "name": args.name, "path": str(_file(args.name))}
    return _remove(args.name)


def text(result: Any) -> str:
    """For people."""
    return {
        "list": _list_text,
        "pull": lambda r: f"{r['name']} is here: {r['path']}",
        "add": lambda r: f"{r['name']} is here: {r['path']}",
        "verify": _verify_text,
        "show": _show_text,
        "path": lambda r: r["path"],
        "remove": lambda r: f"{r['name']} was deleted ({size(r['bytes'])}).",
    }[result["action"]](result)


def _row(model: weights.KnownModel) -> dict[str, Any]:
    path = weights.find(model.name)
    where = "shipped" if model.shipped else "fetched"
    state = where if path else "missing" if model.shipped else "not here"
    return {
        **asdict(model),
        "source": model.source,
        "state": state,
        "path": str(path) if path else None,
    }


def _list_text(result: dict[str, Any]) -> str:
    rows = [("name", "size", "state", "licence")]
    for row in result["models"]:
        rows.append((row["name"], size(row["bytes"]), row["state"], row["licence"]))
    return columns(rows)


def _pull(args: argparse.Namespace) -> dict[str, Any]:
    model = weights.lookup(args.name)
    if model is not None and model.repo is not None:
        say(f"{model.name}: {model.file} from {model.source}, {size(model.bytes)}")
        say(f"Licence: {model.licence}, {model.licence_url}")
    path = weights.fetch(args.name, Bar(), accept_licence=args.accept_licence, force=args.force)
    return {"action": "pull", "name": args.name, "path": str(path), "bytes": path.stat().st_size}


def _file(name: str) -> Path:
    """A known name, or a path to a file. Raises `KitError`."""
    if Path(name).is_file():
        return Path(name)
    model = weights.lookup(name)
    if model is None:
        raise KitError(f"There is no file and no known model {name!r}.", "selfhost models list")
    path = weights.find(name)
    if path is None:
        raise KitError(f"{name} is not on this computer.", f"selfhost models pull {name}")
    return path


def _verify(name: str | None) -> Result:
    if name is not None:
        path, model = _file(name), weights.lookup(name)
        checks = [_check(name, path, model.sha256 if model else None)]
    else:
        checks = []
        for model in weights.known().values():
            found = weights.find(model.name)
            if found and not model.shipped:
                checks.append(_check(model.name, found, model.sha256))
        for sums in sorted(shipped_models().glob("*/SHA256SUMS")):
            for file, expected in weights.shipped_sums(sums.parent).items():
                path = sums.parent / file
                checks.append(_check(f"{sums.parent.name}/{file}", path, expected))
    bad = sum(check["status"] == "fail" for check in checks)
    return Result({"action": "verify", "checks": checks, "failed": bad}, 1 if bad else 0)


def _check(label: str, path: Path, expected: str | None) -> dict[str, Any]:
    try:
        if not path.is_file():
            raise KitError(f"{path.name} is missing.", "git checkout -- models")
        if path.suffix == ".gguf":
            weights.check_gguf(path)
        if expected is None:
            digest = weights.sha256(path)
            return {
                "name": label,
                "status": "unknown",
                "detail": f"sha256 {digest} (none to hold it against)",
            }
        weights.verify(path, expected)
    except KitError as error:
        return {"name": label, "status": "fail", "detail": error.message}
    return {"name": label, "status": "ok", "detail": f"sha256 {expected}"}


def _verify_text(result: dict[str, Any]) -> str:
    rows = [(check["status"], check["name"], check["detail"]) for check in result["checks"]]
    return columns(rows) + f"\n{len(rows)} files checked, {result['failed']} wrong"


def _show(path: Path, every: bool) -> dict[str, Any]:
    info = weights.read_gguf(path)
    types = Counter[str]()
    for tensor in info.tensors:
        types[tensor.type] += tensor.bytes
    short = {
        key: value if not isinstance(value, list) else f"list of {len(value):,}"
        for key, value in info.metadata.items()
    }
    result: dict[str, Any] = {
        "action": "show",
        "path": str(path),
        "bytes": path.stat().st_size,
        "architecture": info.architecture,
        "parameters": info.parameters,
        "tensors": len(info.tensors),
        "bytes_by_type": dict(types.most_common()),
        "metadata": short,
    }
    if every:
        result["tensor_list"] = [asdict(tensor) for tensor in info.tensors]
    return result


def _show_text(result: dict[str, Any]) -> str:
    types = ", ".join(f"{kind} {size(count)}" for kind, count in result["bytes_by_type"].items())
    lines = [
        f"{result['path']} ({size(result['bytes'])})",
        f"{result['architecture']}, {result['parameters']:,} parameters in "
        f"{result['tensors']} tensors: {types}",
        "",
    ]
    for key, value in result["metadata"].items():
        flat = " ".join(str(value).split())
        lines.append(f"{key} = {flat if len(flat) <= 80 else flat[:79] + '…'}")
    rows = [
        (each["name"], each["type"], "x".join(map(str, each["shape"])), size(each["bytes"]))
        for each in result.get("tensor_list", [])
    ]
    return "\n".join([*lines, "", columns(rows)] if rows else lines)


def _remove(name: str) -> dict[str, Any]:
    model, path = weights.lookup(name), _file(name)
    if model is None or model.shipped:
        raise KitError(f"{name} was not downloaded by the kit, so it is left alone.")
    count = path.stat().st_size
    path.unlink()
    path.with_name(path.name + ".source.json").unlink(missing_ok=True)
    return {"action": "remove", "name": name, "path": str(path), "bytes": count}
