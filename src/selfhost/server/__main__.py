"""`python -m selfhost.server`: the embedded endpoint as a process of its own."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from selfhost.errors import KitError
from selfhost.server.settings import DEFAULT_PORT, Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line, shared with `selfhost serve`."""
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: this machine only)"
    )
    parser.add_argument(
        "--port",
        type=int,
        default=None,
        metavar="N",
        help=f"0: any free one (default: {DEFAULT_PORT}, or a free one when it is taken)",
    )
    parser.add_argument(
        "--parallel", type=int, default=8, metavar="N", help="answers at the same time per model"
    )
    parser.add_argument(
        "--ctx",
        type=int,
        default=None,
        metavar="N",
        help="tokens of context per answer (default: the model's, at most 4096)",
    )
    parser.add_argument(
        "--threads", type=int, default=None, metavar="N", help="engine threads (default: by model)"
    )
    parser.add_argument(
        "--reproducible",
        action="store_true",
        help="one answer at a time, no prompt cache, seed 0: equal requests get equal answers",
    )
    parser.add_argument(
        "--api-key",
        default=os.environ.get("SELFHOST_API_KEY") or None,
        metavar="KEY",
        help="key that clients must send (also SELFHOST_API_KEY)",
    )
    parser.add_argument(
        "--lease",
        type=int,
        action="append",
        default=[],
        metavar="PID",
        help="end 3 s after this process (repeatable: after the last one)",
    )
    parser.add_argument(
        "--ready-file",
        type=Path,
        default=None,
        metavar="PATH",
        help="also write the ready line there",
    )
    parser.add_argument(
        "--models-dir",
        type=Path,
        default=None,
        metavar="DIR",
        help="where fetched and created models are (also SELFHOST_MODELS)",
    )
    parser.add_argument(
        "--preload", action="append", default=[], metavar="NAME", help="load this model at once"
    )
    parser.add_argument(
        "--queue",
        type=int,
        default=512,
        metavar="N",
        help="requests that may wait for a model; more get a 503",
    )
    parser.add_argument(
        "--record", action="store_true", help="keep the latest requests for GET /selfhost/requests"
    )
    parser.add_argument(
        "--origin",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="let pages of this origin use the server too (* matches anything)",
    )
    parser.add_argument(
        "--drain",
        type=float,
        default=10.0,
        metavar="SECONDS",
        help="how long running answers may take after SIGTERM",
    )


def settings_from(args: argparse.Namespace) -> Settings:
    """Check the numbers and make `Settings` of them. Raises `KitError`."""
    if args.port is not None and not 0 <= args.port <= 65535:
        raise KitError(f"{args.port} is no port number.", "--port 0 (any free one)")
    if not 1 <= args.parallel <= 64:
        raise KitError("--parallel must be between 1 and 64.", "--parallel 8")
    if args.ctx is not None and not 64 <= args.ctx <= 1_048_576:
        raise KitError("--ctx must be between 64 and 1048576.", "--ctx 4096")
    if args.threads is not None and not 1 <= args.threads <= 256:
        raise KitError("--threads must be between 1 and 256.", "--threads 2")
    if args.models_dir is not None:
        # `weights` and the catalogue must mean the same folder.
        os.environ["SELFHOST_MODELS"] = str(args.models_dir)
    return Settings(
        host=args.host,
        port=DEFAULT_PORT if args.port is None else args.port,
        parallel=args.parallel,
        ctx=args.ctx,
        threads=args.threads,
        reproducible=args.reproducible,
        api_key=args.api_key,
        leases=tuple(args.lease),
        ready_file=args.ready_file,
        models_dir=args.models_dir,
        preload=tuple(args.preload),
        record=args.record,
        origins=tuple(args.origin),
        drain=args.drain,
        max_queue=args.queue,
    )


def main(argv: list[str] | None = None) -> int:
    """Run the server; returns the exit status."""
    parser = argparse.ArgumentParser("python -m selfhost.server", description=__doc__)
    add_arguments(parser)
    args = parser.parse_args(argv)
    try:
        settings = settings_from(args)
        from selfhost.server.lifecycle import serve

        return serve(settings, port_asked=args.port is not None)
    except KitError as error:
        print(error, file=sys.stderr)
        return error.exit_code


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Engine threads may still be inside llama.cpp; there is nothing left that they could spoil.
    os._exit(status)
