"""How the programs of tools/ end: errors for people, and being stopped, without a traceback."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable

from selfhost.errors import KitError


def program(main: Callable[[], int]) -> None:
    """Run `main` as this process; being terminated puts away as much as Ctrl-C does."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        status = main()
    except KitError as error:
        print(error, file=sys.stderr)
        status = error.exit_code
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        status = 130
    raise SystemExit(status)
