"""Run `ollama ...` in a notebook: the real program, or the HTTP call that it would make.

>>> from selfhost.ollama_cli import ollama_cli
>>> ollama_cli("list")
$ ollama list
(no `ollama` program on this computer; the same question over HTTP: GET /api/tags)
...

The program is a thin client of the server's HTTP API. Where it is not installed (the embedded
endpoint needs none) the same request is sent, and the output says so. Nothing is imitated: what
is printed is what the server said.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from selfhost import show
from selfhost.errors import KitError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from selfhost.endpoint import Endpoint

_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")  # colours and cursor movements
_SECONDS = 600
_LONGEST = 200  # tokens


def ollama_cli(*arguments: str) -> None:
    """Print what `ollama ARGUMENTS` says. Server: `OLLAMA_HOST`, as `at.export()` sets it.

    Raises KitError when the server refuses, or when a command has no HTTP twin.
    """
    print("$ ollama", " ".join(map(_as_typed, arguments)))
    program = shutil.which("ollama")
    if program is not None:
        print(_by_program(program, arguments))
        return
    command = arguments[0] if arguments else "help"
    twin = _TWINS.get(command)
    if twin is None:
        raise KitError(
            f"`ollama {command}` has no HTTP twin here; it needs the program.",
            "install it from https://ollama.com/download",
        )
    route, call = twin
    print(f"(no `ollama` program on this computer; the same over HTTP: {route})")
    print(_over_http(call, list(arguments[1:])))


def with_ollama_api(at: Endpoint) -> Endpoint:
    """`at` if it speaks Ollama's API; otherwise the embedded endpoint, and a line that says so."""
    if "ollama" in at.apis:
        return at
    from selfhost.anatomy.engine import embedded

    print(f"{at.url} speaks only OpenAI's API, so the kit's own server answers here.")
    return embedded("aprendiz")


def layers() -> Figure:
    """What sits on what, for the first section of notebook 05."""
    fig, ax = show.figure(7.2, 3.0)
    ax.set_axis_off()
    show.head(ax, "Ollama is the layer between your programs and the engine")
    rows = [
        ("your programs", "ollama run · curl · Python · chat front ends", "black"),
        ("Ollama", "names and downloads · Modelfiles · load and unload · /api and /v1", "orange"),
        ("llama.cpp", "reads GGUF · the arithmetic · the choice of tokens", "blue"),
        ("hardware", "CPU, or GPU", "green"),
    ]
    for place, (name, does, colour) in enumerate(rows):
        y = -place
        box = {"fc": "white", "ec": show.COLOURS[colour], "lw": 1.8}
        ax.add_patch(_rectangle((0, y - 0.34), 10, 0.68, **box))
        ax.text(0.2, y, name, va="center", weight="bold", fontsize=10)
        ax.text(2.3, y, does, va="center", fontsize=9.5)
    ax.text(10.15, -0.5, "HTTP,\nport 11434", va="center", fontsize=9)
    ax.set_xlim(-0.1, 11.8)
    ax.set_ylim(-3.5, 0.5)
    return fig


def _rectangle(*place: Any, **style: Any) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle(*place, **style)


def _as_typed(word: str) -> str:
    """An argument as one would type it: quoted if it has spaces, a file by its name only."""
    path = Path(word)
    if path.is_absolute():
        return path.name
    return f'"{word}"' if " " in word else word


def _by_program(program: str, arguments: tuple[str, ...]) -> str:
    try:
        done = subprocess.run(
            [program, *arguments],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            env=os.environ | {"NO_COLOR": "1", "TERM": "dumb"},
            stdin=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise KitError(f"`ollama {arguments[0]}` took more than {_SECONDS} s.") from error
    said = _CONTROL.sub("", done.stdout).strip()
    if done.returncode != 0:
        reason = _CONTROL.sub("", done.stderr).strip().splitlines()[-1:] or [said or "no reason"]
        raise KitError(f"ollama says: {reason[0]}", "ollama --help")
    return said


def _over_http(call: Callable[[Any, list[str]], str], arguments: list[str]) -> str:
    import httpx
    import ollama

    client = ollama.Client()  # reads OLLAMA_HOST
    try:
        return call(client, arguments)
    except ollama.ResponseError as error:
        raise KitError(f"The server refuses ({error.status_code}): {error.error}.") from error
    except (ConnectionError, httpx.HTTPError) as error:
        raise KitError("No server answers at OLLAMA_HOST.", "at.export()") from error
    finally:
        client.close()


def _name(arguments: list[str]) -> str:
    names = [word for word in arguments if not word.startswith("-")]
    if not names:
        raise KitError("This command needs the name of a model.", "ollama list")
    return names[0]


def _version(client: Any, _arguments: list[str]) -> str:
    # The Python client has no call for it.
    answer = client._client.get("/api/version")
    return f"server version {answer.json()['version']}"


def _list(client: Any, _arguments: list[str]) -> str:
    rows = [
        (m.model, (m.digest or "")[:12], show.size(m.size or 0), _day(m.modified_at))
        for m in client.list().models
    ]
    return repr(show.table(rows, ["NAME", "ID", "SIZE", "MODIFIED"]))


def _ps(client: Any, _arguments: list[str]) -> str:
    rows = [
        (m.name, show.size(m.size or 0), show.size(m.size_vram or 0), m.context_length,
         m.expires_at.strftime("%H:%M:%S") if m.expires_at else "")
        for m in client.ps().models
    ]  # fmt: skip
    return repr(show.table(rows, ["NAME", "SIZE", "OF IT ON GPU", "CONTEXT", "UNLOADED AT"]))


def _show(client: Any, arguments: list[str]) -> str:
    answer = client.show(_name(arguments))
    for part in ("modelfile", "parameters", "template", "license"):
        if f"--{part}" in arguments:
            return str(getattr(answer, part, None) or "(none)")
    if "--system" in arguments:
        return str(getattr(answer, "system", None) or "(none)")
    details, info = answer.details, answer.modelinfo or {}
    arch = info.get("general.architecture", details.family)
    rows = [
        ("architecture", arch),
        ("parameters", details.parameter_size),
        ("context length", info.get(f"{arch}.context_length")),
        ("embedding length", info.get(f"{arch}.embedding_length")),
        ("quantization", details.quantization_level),
        ("capabilities", ", ".join(answer.capabilities or [])),
        ("licence", (answer.license or "").strip().split("\n")[0][:60]),
    ]
    return repr(show.table([row for row in rows if row[1]], ["MODEL", _name(arguments)]))


def _run(client: Any, arguments: list[str]) -> str:
    if len(arguments) < 2:
        raise KitError("In a notebook give a prompt too: a conversation needs a terminal.")
    # The program sets no limit; a lesson that waits for a model without an end would not go on.
    answer = client.generate(
        model=arguments[0], prompt=" ".join(arguments[1:]), options={"num_predict": _LONGEST}
    )
    cut = f"\n(cut off here after {_LONGEST} tokens)" if answer.done_reason == "length" else ""
    return f"{answer.response}{cut}"


def _stop(client: Any, arguments: list[str]) -> str:
    client.generate(model=_name(arguments), keep_alive=0)
    return f"{_name(arguments)}: unloaded"


def _pull(client: Any, arguments: list[str]) -> str:
    said = dict.fromkeys(step.status for step in client.pull(_name(arguments), stream=True))
    return "\n".join(str(line) for line in said)


def _create(client: Any, arguments: list[str]) -> str:
    from selfhost.server.modelfile import parse

    where = arguments.index("-f") + 1 if "-f" in arguments else len(arguments)
    path = Path(arguments[where]) if where < len(arguments) else Path("Modelfile")
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise KitError(f"There is no Modelfile called {path.name}.") from error
    read = parse(text)
    files = [path.parent / Path(each).expanduser() for each in read.adapters]
    if missing := [file.name for file in files if not file.is_file()]:
        raise KitError(f"There is no adapter called {missing[0]}.")
    steps = client.create(
        model=_name(arguments),
        from_=read.base,
        system=read.system,
        template=read.template,
        parameters=read.parameters or None,
        adapters={file.name: client.create_blob(file) for file in files} or None,
        stream=True,
    )
    return "\n".join(str(step.status) for step in steps)


def _rm(client: Any, arguments: list[str]) -> str:
    client.delete(_name(arguments))
    return f"deleted '{_name(arguments)}'"


def _cp(client: Any, arguments: list[str]) -> str:
    if len(arguments) != 2:
        raise KitError("`ollama cp` needs two names.", "ollama cp OLD NEW")
    client.copy(*arguments)
    return f"copied '{arguments[0]}' to '{arguments[1]}'"


def _day(moment: Any) -> str:
    return moment.strftime("%Y-%m-%d") if moment else ""


_TWINS: dict[str, tuple[str, Callable[[Any, list[str]], str]]] = {
    "--version": ("GET /api/version", _version),
    "list": ("GET /api/tags", _list),
    "show": ("POST /api/show", _show),
    "ps": ("GET /api/ps", _ps),
    "run": ("POST /api/generate", _run),
    "stop": ("POST /api/generate with keep_alive 0", _stop),
    "pull": ("POST /api/pull", _pull),
    "create": ("POST /api/create", _create),
    "rm": ("DELETE /api/delete", _rm),
    "cp": ("POST /api/copy", _cp),
}
