"""`selfhost serve`: run the embedded endpoint in this terminal until Ctrl-C."""

from __future__ import annotations

import argparse
import json
from typing import Any

from selfhost.commands import Result
from selfhost.server import __main__ as server

HELP = "run the embedded endpoint (Ollama's and OpenAI's API over llama.cpp)"


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `python -m selfhost.server`."""
    server.add_arguments(parser)


def run(args: argparse.Namespace) -> Result:
    """Serve until a signal. Raises `KitError` when the server cannot start."""
    settings = server.settings_from(args)
    from selfhost.server.lifecycle import serve

    def tell(ready: dict[str, Any]) -> None:
        print(json.dumps(ready) if getattr(args, "json", False) else sentences(ready), flush=True)

    status = serve(settings, port_asked=args.port is not None, tell=tell)
    # 130 is what a shell calls "stopped with Ctrl-C", which is the right way to end this.
    return Result({"event": "stopped", "status": status}, 0 if status == 130 else status)


def sentences(ready: dict[str, Any]) -> str:
    """What a person needs to know to use the server."""
    url = ready["url"]
    return (
        f"The endpoint answers at {url}\n"
        f"  Ollama's API:  OLLAMA_HOST={url}\n"
        f"  OpenAI's API:  OPENAI_BASE_URL={url}/v1  OPENAI_API_KEY=ollama\n"
        f"  try:           curl {url}/api/generate -d "
        '\'{"model": "aprendiz", "prompt": "Why is the sky blue?"}\'\n'
        "Ctrl-C stops it."
    )


def text(result: dict[str, Any]) -> str:
    """After the end."""
    return "The endpoint has stopped."
