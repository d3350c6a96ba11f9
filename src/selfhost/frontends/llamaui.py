"""llama.cpp's own web UI, which comes with the engine: nothing has to be installed.

`xllamacpp` holds a whole llama-server, and with it the page that llama-server shows at `/` (seen
with xllamacpp 2026.10.11549). The kit's endpoint does not offer that page; this program does, for
one model, on a port of its own:

    python -m selfhost.frontends.llamaui --model aprendiz --port 8080
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from selfhost import KitError, weights


def model_file(model: str) -> Path:
    """The GGUF file of a known model, or a path. Raises `KitError`."""
    if Path(model).suffix == ".gguf" and Path(model).is_file():
        return Path(model)
    path = weights.find(model)
    if path is None:
        raise KitError(f"{model} is not on this computer.", f"selfhost models pull {model}")
    return path


def command(model: str, port: int) -> list[str]:
    """How it is started."""
    words = [sys.executable, "-m", "selfhost.frontends.llamaui"]
    return [*words, "--model", model, "--port", str(port)]


def serve(path: Path, name: str, port: int) -> None:
    """Answer until a signal comes."""
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", "1000")
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.model_alias = {name}
    params.n_ctx = 4096
    params.n_parallel = 2
    params.port = port  # on 127.0.0.1, llama-server's default
    params.fit_params = params.warmup = False
    params.cache_ram_mib = 0
    # As the endpoint: one thread for a very small model, whose threads would only wait for each
    # other, and short waits (see selfhost.server.lifecycle).
    threads = 1 if path.stat().st_size < 64_000_000 else max(1, (os.cpu_count() or 2) // 2)
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    server = xllamacpp.Server(params)
    print(f"llama.cpp's web UI: {server.listening_address}", flush=True)
    over = threading.Event()

    def leave(_signal: int, _frame: FrameType | None) -> None:
        over.set()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, leave)
    while not over.wait(1.0):  # in steps: on Windows a wait without end hears no Ctrl-C
        pass
    del server


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser("python -m selfhost.frontends.llamaui", description=__doc__)
    parser.add_argument("--model", default="aprendiz")
    parser.add_argument("--port", type=int, default=8080)
    args = parser.parse_args(argv)
    try:
        serve(model_file(args.model), args.model, args.port)
    except (KitError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)  # the engine's threads have nothing left to do
