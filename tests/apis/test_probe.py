"""The probe against our endpoint, and against servers in front of it that forget or refuse."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from selfhost import KitError
from selfhost.apis.badday import BadDay
from selfhost.apis.call import Target
from selfhost.apis.pictures import fields, words
from selfhost.apis.probe import FINDINGS, Finding, Probe, compare, findings, probe
from tests.conftest import RunningServer

READ_AT_V1 = {
    "length limit", "temperature", "top_p", "top_k", "min_p", "seed", "stop", "repeat_penalty",
    "logprobs", "JSON only", "n", "logit_bias",
}  # fmt: skip


def found(rows: list[Finding]) -> dict[str, str]:
    return {row.parameter: row.found for row in rows}


@contextmanager
def in_front(
    behind: str, *, drops: tuple[str, ...] = (), refuses: tuple[str, ...] = ()
) -> Iterator[str]:
    """A hosted API that drops some fields in silence, refuses others, and asks `behind`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            wrong = [name for name in refuses if name in body]
            if wrong:
                self._send(400, {"error": {"message": f"property '{wrong[0]}' is unsupported"}})
                return
            kept = {name: value for name, value in body.items() if name not in drops}
            answer = httpx.post(behind + self.path.removeprefix("/v1"), json=kept, timeout=60)
            self._send(answer.status_code, answer.content)

        def _send(self, status: int, data: Any) -> None:
            page = data if isinstance(data, bytes) else json.dumps(data).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, format: str, *args: object) -> None:
            pass

    place = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=place.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{place.server_address[1]}/v1"
    finally:
        place.shutdown()
        place.server_close()


def test_our_endpoint_reads_what_it_says_it_reads(server: RunningServer) -> None:
    asked = Probe(Target(server.v1, server.model))
    rows = found(list(findings(asked)))
    wrong = {name: rows[name] for name in READ_AT_V1 if rows[name] not in ("accepted", "unclear")}
    assert wrong == {}
    assert sum(rows[name] == "accepted" for name in READ_AT_V1) >= len(READ_AT_V1) - 2
    assert rows["tools"] == "refused" and rows["temprature (sic)"] == "ignored"
    assert asked.requests < 45 and asked.tokens < 1500


def test_ollamas_api_too(server: RunningServer) -> None:
    rows = found(probe(Target(server.url, server.model, api="ollama")))
    assert rows["length limit"] == rows["stop"] == rows["JSON only"] == "accepted"
    assert rows["temprature (sic)"] == "ignored" and "n" not in rows


def test_sees_what_is_dropped_in_silence(server: RunningServer) -> None:
    drops = ("top_k", "min_p", "stop", "n", "logprobs", "top_logprobs", "repeat_penalty",
             "response_format", "logit_bias", "max_tokens")  # fmt: skip
    with in_front(server.v1, drops=drops) as url:
        rows = found(probe(Target(url, server.model)))
    for name in (
        "length limit",
        "stop",
        "n",
        "logprobs",
        "repeat_penalty",
        "logit_bias",
        "JSON only",
    ):
        assert rows[name] == "ignored", name
    # Three answers drawn by chance may be equal: then it says so instead of guessing.
    assert rows["top_k"] in ("ignored", "unclear") and rows["min_p"] in ("ignored", "unclear")


def test_sees_what_is_refused_and_why(server: RunningServer) -> None:
    with in_front(server.v1, refuses=("logprobs", "logit_bias", "temprature")) as url:
        rows = {row.parameter: row for row in probe(Target(url, server.model))}
    assert rows["logprobs"].found == rows["logit_bias"].found == "refused"
    assert rows["temprature (sic)"].why == "property 'temprature' is unsupported"
    assert rows["top_p"].found != "refused"


@pytest.mark.parametrize(
    ("act", "said"),
    [("401", "HTTP 401"), ("429", "HTTP 429"), ("garbage", "no JSON"), ("drop", "does not answer")],
)
def test_an_endpoint_that_does_not_answer_is_a_sentence(act: str, said: str) -> None:
    with BadDay([act]) as day, pytest.raises(KitError, match=said):
        probe(Target(day.url, "m"))


def test_side_by_side_and_in_words() -> None:
    probed = {
        "a": [Finding("top_k", "1", "accepted", "x"), Finding("n", "2", "refused", "x")],
        "b": [Finding("top_k", "1", "ignored", "x")],
    }
    assert compare(probed) == [
        {"parameter": "top_k", "a": "accepted", "b": "ignored"},
        {"parameter": "n", "a": "refused", "b": "-"},
    ]
    assert words(probed) == "a: accepted: top_k; refused: n. b: ignored: top_k."
    drawn = [text.get_text() for text in fields(probed, "t").axes[0].texts]
    assert drawn == ["accepted", "ignored", "refused", "-"]
    assert {"accepted", "ignored", "refused", "unclear"} == set(FINDINGS)
