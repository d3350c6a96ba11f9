"""Listening on a port, and under which address the room reaches this computer."""

from __future__ import annotations

import socket

from selfhost.errors import KitError


def listen(host: str, port: int, command: str) -> socket.socket:
    """A listening socket; who connects before the server is up waits instead of failing.

    Raises `KitError` if the port is taken; `command` is what to run with another port.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(256)
    except OSError as error:
        listener.close()
        raise KitError(
            f"Port {port} is taken ({error.strerror}).", f"{command} --port 0"
        ) from error
    return listener


def address_in_the_room() -> str:
    """This computer's address in its local network; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # TEST-NET-1: chooses a route, reaches nobody
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"
