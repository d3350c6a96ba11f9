"""Take a model file that came by other ways: a USB stick, a neighbour's laptop."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from selfhost.errors import KitError
from selfhost.files import replace
from selfhost.weights.download import require_space
from selfhost.weights.gguf_check import check_gguf
from selfhost.weights.hashes import sha256
from selfhost.weights.manifest import KnownModel, destination, known


def adopt(path: Path) -> KnownModel:
    """Copy a GGUF file of a known model to where `find` looks; returns which model it is.

    It is recognised by its sha256, whatever its name; by its name only where the kit knows no
    sha256. Raises `KitError` if it is broken, unknown or not the file of that name.
    """
    path = Path(path)
    check_gguf(path)
    model = _recognise(path)
    target = destination(model)
    if target.exists() and os.path.samefile(path, target):  # noqa: PTH121
        return model
    part = target.with_name(target.name + ".copy")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        require_space(model, target.parent, path.stat().st_size)
        shutil.copyfile(path, part)
        replace(part, target)
    except OSError as error:
        raise KitError(
            f"{path.name} cannot be copied to {target.parent} ({error.strerror or error}).",
            "set SELFHOST_MODELS to a folder that you may write to",
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return model


def _recognise(path: Path) -> KnownModel:
    digest = sha256(path)
    fetched = [model for model in known().values() if not model.shipped]
    for model in fetched:
        if model.sha256 == digest:
            return model
    for model in fetched:
        if Path(model.file).name.casefold() == path.name.casefold():
            if model.sha256 is None:
                return model
            raise KitError(
                f"{path.name} has the name of {model.name} but another content (sha256 differs).",
                "copy it again from where it came",
            )
    raise KitError(
        f"{path.name} is none of the models the kit knows; a server can still serve it.",
        "notebook 05 shows how: a Modelfile with FROM, and create",
    )
