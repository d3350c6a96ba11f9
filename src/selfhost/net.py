"""Ports: is one free, listening on it, and under which address the room reaches this computer."""

from __future__ import annotations

import socket
import sys

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


def is_free(number: int) -> bool:
    """Can this port of 127.0.0.1 be listened on?

    Asking for a connection first finds servers that listen on all addresses, beside which some
    systems let a second one listen on 127.0.0.1.
    """
    with socket.socket() as probe:
        probe.settimeout(0.25)
        if probe.connect_ex(("127.0.0.1", number)) == 0:
            return False
    with socket.socket() as probe:
        if sys.platform != "win32":  # there it would allow to take over a port that is in use
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except OSError:
            return False
    return True


def address_in_the_room() -> str:
    """This computer's address in its local network; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # TEST-NET-1: chooses a route, reaches nobody
            return str(probe.getsockname()[0])
        except OSError:
            return _address_of_an_interface()


def _address_of_an_interface() -> str:
    """Without a default route, as on a hotspot of one's own: an interface that is up, if any."""
    import psutil

    up = {name for name, state in psutil.net_if_stats().items() if state.isup}
    for name, addresses in psutil.net_if_addrs().items():
        for each in addresses:
            private = each.family == socket.AF_INET and not each.address.startswith("127.")
            if name in up and private:
                return str(each.address)
    return "127.0.0.1"
