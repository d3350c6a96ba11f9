"""The model hub's side of a download: what it says about a file, and its errors as sentences.

Everything goes through `huggingface_hub`, so its settings hold: `HF_ENDPOINT`, `HF_TOKEN`,
`HF_HUB_OFFLINE`, proxies.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from selfhost.errors import KitError
from selfhost.weights.manifest import KnownModel

_LONGEST_WAIT = 30  # seconds to sit out a "too many requests" before giving it to the person


@dataclass(frozen=True)
class RemoteFile:
    """A file on the hub: where to get it, its size in bytes, and its sha256 where it says one."""

    url: str
    size: int | None
    etag: str
    sha256: str | None
    headers: dict[str, str]


def endpoint_url() -> str:
    """The hub's address, read when needed: the library reads it only once, at its import."""
    room = os.environ.get("SELFHOST_ROOM", "")  # the teacher's laptop has the hub's addresses
    default = room if room.startswith("http") else "https://huggingface.co"
    return os.environ.get("HF_ENDPOINT", default).rstrip("/")


def describe_file(model: KnownModel) -> RemoteFile:
    """Ask the hub about the file of `model`. Raises `KitError`."""
    # Read by the library at its import: nothing is told about this computer beyond the request.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from huggingface_hub import get_hf_file_metadata, hf_hub_url
    from huggingface_hub.utils import build_hf_headers

    assert model.repo is not None
    url = hf_hub_url(model.repo, model.file, revision=model.revision, endpoint=endpoint_url())
    with sentences(model):
        info = _patient(lambda: get_hf_file_metadata(url))
        if info.etag is None:
            from huggingface_hub.errors import FileMetadataError

            raise FileMetadataError("no ETag")
        headers = build_hf_headers()
        if urlsplit(info.location).netloc != urlsplit(url).netloc:
            # A signed address on another host: it must never see the token.
            headers.pop("authorization", None)
    digest = info.etag if _is_sha256(info.etag) else None
    return RemoteFile(info.location, info.size, info.etag, digest, headers)


def _patient(ask: Any) -> Any:
    """Sit out a "too many requests" that says how long it lasts, if that is short.

    Thirty laptops behind one address meet the hub's rate limit together.
    """
    from huggingface_hub.errors import HfHubHTTPError

    for attempt in range(3):
        try:
            return ask()
        except HfHubHTTPError as error:
            wait = _retry_after(error)
            if error.response.status_code != 429 or attempt == 2 or wait > _LONGEST_WAIT:
                raise
            time.sleep(wait)
    raise AssertionError("unreachable")


def _retry_after(error: Any) -> float:
    try:
        return max(0.0, float(error.response.headers.get("Retry-After", "1")))
    except ValueError:
        return float(_LONGEST_WAIT + 1)


def _is_sha256(text: str) -> bool:
    return len(text) == 64 and all(letter in "0123456789abcdef" for letter in text.lower())


@contextmanager
def sentences(model: KnownModel) -> Iterator[None]:
    """Turn the library's and the network's errors into one sentence and a mend."""
    import httpx
    from huggingface_hub import errors

    try:
        yield
    except KitError:
        raise
    except errors.OfflineModeIsEnabled as error:
        raise KitError(
            f"{model.name} cannot be fetched: HF_HUB_OFFLINE says to stay offline.",
            _without_network(model),
        ) from error
    except (errors.FileMetadataError, httpx.ProxyError) as error:
        raise KitError(
            f"{endpoint_url()} answers, but not as a model hub does: a sign-in page or a proxy "
            "of this network stands between.",
            "open any web page in a browser and sign in to the network, then run it again",
        ) from error
    except errors.HfHubHTTPError as error:
        raise _http_sentence(model, error) from error
    except (httpx.TransportError, ConnectionError) as error:
        raise KitError(
            f"{model.name} cannot be fetched: no connection to {urlsplit(endpoint_url()).netloc}.",
            _without_network(model),
        ) from error
    except OSError as error:
        if "Consistency check failed" in str(error):
            raise KitError(
                f"The download of {model.name} ended early; what arrived is kept.",
                f"selfhost models pull {model.name}",
            ) from error
        raise KitError(
            f"{model.name} cannot be written ({error.strerror or error}).",
            "free some space or set SELFHOST_MODELS to another folder",
        ) from error


def _http_sentence(model: KnownModel, error: Any) -> KitError:
    from huggingface_hub import errors

    status = error.response.status_code
    if isinstance(error, errors.GatedRepoError) or status in (401, 403):
        return KitError(
            f"The hub gives {model.repo} only to accounts that accepted its terms ({status}).",
            f"accept them at {model.source}, then set HF_TOKEN to a token of that account",
        )
    if status == 404:
        return KitError(
            f"The hub no longer has {model.file} in {model.repo} (404).",
            "update the kit: git pull",
        )
    if status == 429:
        return KitError(
            f"The hub asks this network to slow down (429), so {model.name} was not fetched.",
            "wait some minutes and run it again, or " + _without_network(model),
        )
    return KitError(
        f"The hub answers with an error ({status}); {model.name} was not fetched.",
        f"selfhost models pull {model.name} (later)",
    )


def _without_network(model: KnownModel) -> str:
    return (
        f"copy {Path(model.file).name} from another computer, then: selfhost models add "
        f"{Path(model.file).name}"
    )
