"""Start and steer the router: HAProxy in front of several model endpoints.

    python deploy/router/router.py start --endpoint http://10.0.0.5:11434 --endpoint …
    python deploy/router/router.py student ana --rpm 20     # prints her key, once
    python deploy/router/router.py add http://10.0.0.9:11434   # no restart
    python deploy/router/router.py remove e2                # drains it first
    python deploy/router/router.py status

Only the standard library, so that it runs on a server without the course's packages. State lies in
one folder (`--run`, default `router-run`): hashes of keys, limits, the admin socket.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import secrets
import shutil
import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).resolve().parent
SLOTS = 8  # answers at once per endpoint; more wait in the router, first come, first served
CHECK = "check inter 500 fall 2 rise 1"
# A refused connection says as much as a failed check, and sooner.
OBSERVE = "observe layer4 error-limit 1 on-error mark-down"
BACKEND = """\
# Written by router.py; endpoints that are added later live in the running process only.
backend endpoints
    balance leastconn
    option httpchk GET {health}
    http-check expect status 200
{servers}
"""


class RouterError(Exception):
    """One sentence for the person at the terminal."""


def address(url: str) -> str:
    """host:port of an endpoint's address. Raises `RouterError` for https and for paths."""
    parts = urlsplit(url if "//" in url else f"//{url}")
    if parts.scheme not in ("", "http") or parts.path.strip("/") not in ("", "v1"):
        raise RouterError(f"{url}: give an address like http://10.0.0.5:11434 (plain HTTP).")
    try:
        port = parts.port
    except ValueError:
        port = None
    if not parts.hostname or not port or not re.fullmatch(r"[\w.:-]+", parts.hostname):
        raise RouterError(f"{url}: an address needs a host and a port.")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{host}:{port}"


def backend(urls: Sequence[str], slots: int = SLOTS, health: str = "/") -> str:
    """The part of the configuration that names the endpoints: e1, e2, ..."""
    servers = "\n".join(
        f"    server e{number} {address(url)} maxconn {slots} {CHECK} {OBSERVE}"
        for number, url in enumerate(urls, 1)
    )
    return BACKEND.format(health=health, servers=servers)


def hashed(key: str) -> str:
    """A key as it stands in keys.map (HAProxy writes hexadecimal in capitals)."""
    return hashlib.sha256(key.encode()).hexdigest().upper()


class Runtime:
    """HAProxy's runtime commands, through its admin socket (management guide, section 9.3)."""

    def __init__(self, run: Path) -> None:
        self.run = run.resolve()

    def tell(self, command: str) -> str:
        """The reply to one command. Raises `RouterError` when no router runs here."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as wire:
                wire.settimeout(5)
                wire.connect(str(self.run / "admin.sock"))
                wire.sendall(command.encode() + b"\n")
                reply = b""
                while piece := wire.recv(65536):
                    reply += piece
        except OSError as error:
            raise RouterError(f"No router runs in {self.run.name} ({error}).") from error
        return reply.decode().strip()

    def endpoints(self) -> list[dict[str, str]]:
        """Name, address and state of each endpoint."""
        lines = self.tell("show stat endpoints 4 -1").splitlines()
        head = lines[0].lstrip("# ").split(",")
        rows = [dict(zip(head, line.split(","), strict=False)) for line in lines[1:] if line]
        wanted = ("svname", "addr", "status", "scur", "qcur", "stot", "wretr", "wredis")
        return [{key: row.get(key, "") for key in wanted} for row in rows]

    def add(self, url: str, slots: int = SLOTS) -> str:
        """One more endpoint, at once; its name."""
        names = {row["svname"] for row in self.endpoints()}
        name = next(f"e{n}" for n in range(1, 1000) if f"e{n}" not in names)
        said = self.tell(f"add server endpoints/{name} {address(url)} maxconn {slots} {CHECK}")
        if "registered" not in said:
            raise RouterError(f"HAProxy refused: {said}")
        self.tell(f"enable health endpoints/{name}")
        self.tell(f"enable server endpoints/{name}")
        return name

    def remove(self, name: str, wait: float = 120) -> None:
        """Give an endpoint no new questions, wait for its answers, and let it go."""
        said = self.tell(f"set server endpoints/{name} state drain")
        if said:
            raise RouterError(f"There is no endpoint {name}: {said}")
        end = time.monotonic() + wait
        while any(r["svname"] == name and r["scur"] not in ("", "0") for r in self.endpoints()):
            if time.monotonic() > end:
                raise RouterError(f"{name} still answers after {wait:.0f} s; it gets nothing new.")
            time.sleep(0.2)
        self.tell(f"set server endpoints/{name} state maint")
        said = self.tell(f"del server endpoints/{name}")
        if "deleted" not in said.lower():
            raise RouterError(f"{name} is out of service, but HAProxy keeps it: {said}")

    def student(self, name: str, rpm: int | None = None) -> str:
        """A key for a student, valid at once and after a restart; it is shown only now."""
        if not re.fullmatch(r"[\w.@-]{1,64}", name):
            raise RouterError("A student's name: letters, digits and . _ @ -, at most 64.")
        key = f"router-{secrets.token_urlsafe(24)}"
        self._note("keys.map", hashed(key), name)
        if rpm is not None:
            self._note("limits.map", name, str(rpm))
        return key

    def _note(self, file: str, key: str, value: str) -> None:
        path = self.run / file
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        kept = [line for line in lines if line.split(" ", 1)[0] != key]
        new = path.with_suffix(".new")
        new.touch(mode=0o600)
        new.write_text("\n".join([*kept, f"{key} {value}"]) + "\n", encoding="utf-8")
        new.replace(path)
        if (self.run / "admin.sock").exists():
            self.tell(f"del map {path} {key}")
            self.tell(f"add map {path} {key} {value}")

    def students(self) -> list[tuple[str, int]]:
        """(student, requests in the last minute), from the table that limits them."""
        found = re.findall(
            r"key=(\S+) .*gpc0_rate\(60000\)=(\d+)", self.tell("show table st_students")
        )
        return sorted((name, int(count)) for name, count in found)


def prepare(run: Path, urls: Sequence[str], slots: int, health: str) -> None:
    """Everything that HAProxy reads, in the folder `run` (only its owner may look in)."""
    run.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in ("keys.map", "limits.map"):
        (run / name).touch(mode=0o600)
    (run / "endpoints.cfg").write_text(backend(urls, slots, health), encoding="utf-8")


def command(run: Path, bind: str, metrics: str, rpm: int) -> tuple[list[str], dict[str, str]]:
    """HAProxy's command line and environment. Raises `RouterError` when it is not installed."""
    program = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        raise RouterError("haproxy is not installed. Debian, Ubuntu: apt install haproxy")
    env = {
        **os.environ, "ROUTER_RUN": str(run.resolve()), "ROUTER_BIND": bind,
        "ROUTER_METRICS": metrics, "ROUTER_RPM": str(rpm),
        "ROUTER_ENDPOINT_KEY": os.environ.get("ROUTER_ENDPOINT_KEY", "none"),
    }  # fmt: skip
    files = [str(HERE / "haproxy.cfg"), str(run.resolve() / "endpoints.cfg")]
    return [program, "-db", "-f", files[0], "-f", files[1]], env


def main(argv: Sequence[str] | None = None) -> int:
    """Do what was asked; 1 and a sentence when it cannot be done."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--run", type=Path, default=Path("router-run"), help="folder for its state")
    actions = parser.add_subparsers(dest="action", required=True)
    start = actions.add_parser("start", help="run in the foreground until stopped")
    start.add_argument("--endpoint", action="append", required=True, metavar="URL")
    start.add_argument("--bind", default="127.0.0.1:8080", help="0.0.0.0:8080 for a whole room")
    start.add_argument("--metrics", default="127.0.0.1:8405")
    start.add_argument("--rpm", type=int, default=30, help="requests per minute of a student")
    start.add_argument("--slots", type=int, default=SLOTS, help="answers at once per endpoint")
    start.add_argument("--health", default="/", help="path that answers 200 (vLLM: /health)")
    add = actions.add_parser("add", help="one more endpoint, without a restart")
    add.add_argument("url")
    actions.add_parser("remove", help="drain an endpoint and let it go").add_argument("name")
    student = actions.add_parser("student", help="a new key for a student")
    student.add_argument("name")
    student.add_argument("--rpm", type=int)
    actions.add_parser("status", help="endpoints and students")
    args = parser.parse_args(argv)
    runtime = Runtime(args.run)
    try:
        if args.action == "start":
            prepare(args.run, args.endpoint, args.slots, args.health)
            line, env = command(args.run, args.bind, args.metrics, args.rpm)
            os.execve(line[0], line, env)
        elif args.action == "add":
            print(f"{runtime.add(args.url)} is in service.")
        elif args.action == "remove":
            runtime.remove(args.name)
            print(f"{args.name} is gone.")
        elif args.action == "student":
            args.run.mkdir(parents=True, exist_ok=True, mode=0o700)
            print(runtime.student(args.name, args.rpm))
        else:
            for row in runtime.endpoints():
                print(" ".join(f"{key}={value}" for key, value in row.items()))
            for name, count in runtime.students():
                print(f"{name}: {count} requests in the last minute")
    except RouterError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
