"""An endpoint that keeps a record of what it is asked: to see what a front end really sends.

The record holds people's questions, so the endpoint that everybody shares never keeps one. This
is another server, of this process alone, on a port of its own.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from selfhost.endpoint.http import Unreachable, ask
from selfhost.errors import KitError
from selfhost.frontends.process import last_line
from selfhost.paths import kit_root


class Recorder:
    """`python -m selfhost.server --record` with `model` (a name that the server knows).

    `url` and `v1` are its addresses. `down()` and `up()` stop and start it at the same port, as
    a broken and mended endpoint would. It ends with this process.
    """

    def __init__(self, model: str = "aprendiz", *, port: int = 0, key: str | None = None) -> None:
        self.model, self.key, self.port = model, key, port
        self._folder = tempfile.TemporaryDirectory(
            prefix="selfhost-record-", ignore_cleanup_errors=True
        )
        self._process: subprocess.Popen[bytes] | None = None
        self.up()

    @property
    def url(self) -> str:
        """Base address for Ollama's API."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def v1(self) -> str:
        """Base address for OpenAI's API."""
        return f"{self.url}/v1"

    def up(self) -> None:
        """Start the server, at the port that it had. Raises `KitError` if it does not come up."""
        folder = Path(self._folder.name)
        ready, log = folder / "ready.json", folder / "server.log"
        ready.unlink(missing_ok=True)
        command = [sys.executable, "-m", "selfhost.server", "--port", str(self.port), "--record"]
        command += ["--preload", self.model, "--lease", str(os.getpid())]
        command += ["--ready-file", str(ready)]
        env = {k: v for k, v in os.environ.items() if k != "SELFHOST_API_KEY"}
        env |= {"SELFHOST_ROOT": str(kit_root().absolute()), "PYTHONUNBUFFERED": "1"}
        if self.key:
            env["SELFHOST_API_KEY"] = self.key
        with log.open("wb") as sink:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT, env=env
            )
        try:
            self.port = self._wait(ready, log)
        except BaseException:
            self.down()
            raise

    def _wait(self, ready: Path, log: Path, seconds: float = 60) -> int:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with contextlib.suppress(OSError, ValueError):
                return int(json.loads(ready.read_text(encoding="utf-8"))["port"])
            if self._process is None or self._process.poll() is not None:
                break
            time.sleep(0.03)
        raise KitError(f"The recording endpoint did not start: {last_line(log)}", "selfhost doctor")

    def down(self) -> None:
        """Stop the server as a crash would: at once."""
        if self._process is not None:
            with contextlib.suppress(OSError):
                self._process.kill()
            self._process.wait()
            self._process = None

    def requests(self) -> list[dict[str, Any]]:
        """What it was asked since the last `clear()`, oldest first."""
        found: list[dict[str, Any]] = self._ask("/selfhost/requests")["requests"]
        return found

    def clear(self) -> None:
        """Forget what was recorded."""
        self._ask("/selfhost/requests", method="DELETE")

    def active(self) -> int:
        """How many answers it is writing at this moment."""
        return int(self._ask("/selfhost/info")["active"])

    def _ask(self, path: str, method: str | None = None) -> Any:
        try:
            status, answer = ask(f"{self.url}{path}", method=method, key=self.key, timeout=10)
        except Unreachable as error:
            raise KitError("The recording endpoint does not answer.", "run this cell again") from (
                error
            )
        if status != 200:
            raise KitError(f"The recording endpoint answers {path} with {status}.")
        return answer

    def close(self) -> None:
        """End it for good."""
        self.down()
        self._folder.cleanup()

    def __enter__(self) -> Recorder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
