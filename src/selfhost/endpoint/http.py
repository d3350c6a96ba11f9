"""Small questions over HTTP with the standard library only: every notebook starts with them."""

from __future__ import annotations

import ipaddress
import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit


class Unreachable(Exception):
    """Nobody answers there, in time and in HTTP."""


def ask(
    url: str,
    *,
    body: dict[str, Any] | None = None,
    method: str | None = None,
    key: str | None = None,
    timeout: float = 2.0,
) -> tuple[int, Any]:
    """GET (or POST, or `method`, with `body` as JSON): (status, decoded JSON or None).

    Raises `Unreachable` when there is no HTTP answer within `timeout` seconds.
    """
    headers = {"Accept": "application/json"}
    data = None
    if body is not None:
        data = json.dumps(body).encode()
        headers["Content-Type"] = "application/json"
    if key:
        headers["Authorization"] = f"Bearer {key}"
    try:
        request = urllib.request.Request(url, data=data, headers=headers, method=method)
        with _opener(url).open(request, timeout=timeout) as response:
            return response.status, _decode(response.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, _decode(error.read())
    except (OSError, ValueError, EOFError) as error:
        raise Unreachable(str(error)) from error
    except Exception as error:  # http.client's own kind: not HTTP what answers there
        raise Unreachable(str(error)) from error


def is_loopback(url: str) -> bool:
    """Does the address stay on this machine?"""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _opener(url: str) -> urllib.request.OpenerDirector:
    """A university's proxy must not be asked for this machine's own port."""
    if is_loopback(url):
        return urllib.request.build_opener(urllib.request.ProxyHandler({}))
    return urllib.request.build_opener()


def _decode(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None
