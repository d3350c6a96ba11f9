"""Commands for a class: a bundle for a room, a server for everybody, and what takes a night."""

from __future__ import annotations

from tools.house import environment
from tools.house.child import options, start
from tools.house.line import Asked, Command


def bundle(asked: Asked) -> int:
    """Everything for a room without internet, in one folder."""
    env = environment.ensure("check", here=asked.here, wait_for_wheel=True)
    names = ("OUT", "TARGETS", "MODELS", "INSTALLERS", "ACCEPT")
    return start(env, "-m", "tools.bundle", *options(asked, *names))


def hub(asked: Asked) -> int:
    """JupyterHub for a class on this machine."""
    env = environment.ensure("lab", here=asked.here)
    return start(env, "-m", "tools.hub", *options(asked, "PORT", "LAN", "TEACHERS"))


def check_frontends(asked: Asked) -> int:
    """Open WebUI before the endpoint, in Chromium."""
    env = environment.ensure("check", here=asked.here)
    return start(env, "-m", "tools.frontends_check", *options(asked, "ONLY", "RECORD"))


def nightly(asked: Asked) -> int:
    """What is too long for `check`."""
    env = environment.ensure("check", here=asked.here, wait_for_wheel=True)
    return start(env, "-m", "tools.nightly", *options(asked, "ONLY"))


COMMANDS: dict[str, Command] = {
    "bundle": Command(
        "write a folder with everything for a room without internet (docs/rooms.md)",
        {
            "OUT": "the folder (default build/bundle)",
            "TARGETS": 'kinds of laptop, e.g. "linux-x86_64-3.11 windows-x86_64-3.12"',
            "MODELS": "big models to put in, e.g. gemma3:1b",
            "INSTALLERS": "a folder with installers of Ollama, Jan …",
            "ACCEPT": "yes: I have read the models' terms and accept",
        },
        bundle,
    ),
    "hub": Command(
        "a server for a class: everybody signs in with a browser (deploy/jupyterhub/)",
        {
            "PORT": "default 8000",
            "LAN": "yes: the room reaches it",
            "TEACHERS": "names that may see the hub's admin page",
        },
        hub,
    ),
    "check-frontends": Command(
        "Open WebUI before the endpoint, in Chromium (2.4 GB once, ten minutes)",
        {
            "ONLY": "tests whose name holds these words",
            "RECORD": "yes: keep the picture for notebook 06",
        },
        check_frontends,
    ),
    "nightly": Command(
        "what is too long for `check`: a class on JupyterHub, front ends, models, no network",
        {"ONLY": "of: classroom frontends models offline"},
        nightly,
    ),
}
