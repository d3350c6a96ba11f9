"""Tool calls: a loopback server plays a model that calls functions, rightly and wrongly."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfhost.apis.tools import call, converse, describe
from tests.conftest import RunningServer


def add(a: int, b: int) -> int:
    """The sum of two whole numbers."""
    return a + b


def divide(a: float, b: float) -> float:
    """A quotient."""
    return a / b


KNOWN = {"add": add, "divide": divide}


def test_describes_a_function() -> None:
    entry = describe(add)["function"]
    assert (entry["name"], entry["description"]) == ("add", "The sum of two whole numbers.")
    assert entry["parameters"]["properties"] == {"a": {"type": "integer"}, "b": {"type": "integer"}}
    assert entry["parameters"]["required"] == ["a", "b"]

    def untyped(x):
        return x

    with pytest.raises(ValueError, match="untyped"):
        describe(untyped)


@pytest.mark.parametrize(("name", "arguments", "said"), [
    ("add", '{"a": 3, "b": 4}', "7"),
    ("add", '{"a": 3, "b": "4"}', "error: '4' is not of type 'integer'"),
    ("add", '{"a": 3}', "error: 'b' is a required property"),
    ("add", '{"a": 3, "b": 4, "c": 5}', "error: Additional properties"),
    ("add", "{", "error: the arguments are no JSON"),
    ("add", "[3, 4]", "error: the arguments are no JSON object"),
    ("eval", '{"x": 1}', "error: there is no function 'eval'"),
    ("divide", '{"a": 1, "b": 0}', "error: ZeroDivisionError"),
])  # fmt: skip
def test_runs_what_is_known_and_says_what_is_wrong(name: str, arguments: str, said: str) -> None:
    assert call(KNOWN, name, arguments).startswith(said)


@given(st.text(max_size=30), st.text(max_size=30))
def test_nothing_a_model_writes_breaks_it(name: str, arguments: str) -> None:
    assert isinstance(call(KNOWN, name, arguments), str)


@contextmanager
def model_that_says(*replies: dict[str, Any]) -> Iterator[tuple[openai.OpenAI, list[Any]]]:
    """A server that gives these messages one after the other, the last again and again."""
    seen: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            seen.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            message = {"role": "assistant", **replies[min(len(seen), len(replies)) - 1]}
            page = json.dumps({
                "id": "x", "object": "chat.completion", "created": 0, "model": "m",
                "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            }).encode()  # fmt: skip
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, format: str, *args: object) -> None:
            pass

    place = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=place.serve_forever, args=(0.05,), daemon=True).start()
    client = openai.OpenAI(base_url=f"http://127.0.0.1:{place.server_address[1]}/v1", api_key="k")
    try:
        yield client, seen
    finally:
        client.close()
        place.shutdown()
        place.server_close()


def asks_for(name: str, arguments: str) -> dict[str, Any]:
    return {"content": None, "tool_calls": [
        {"id": "c1", "type": "function", "function": {"name": name, "arguments": arguments}}
    ]}  # fmt: skip


def test_the_result_goes_back_to_the_model() -> None:
    with model_that_says(asks_for("add", '{"a": 3, "b": 4}'), {"content": "It is 7."}) as (c, seen):
        messages = converse(c, "m", "What is 3 plus 4?", [add])
    assert [m["role"] for m in messages] == ["user", "assistant", "tool", "assistant"]
    assert messages[2] == {"role": "tool", "tool_call_id": "c1", "content": "7"}
    assert messages[-1]["content"] == "It is 7."
    assert seen[1]["messages"][2]["content"] == "7" and seen[0]["tools"][0]["type"] == "function"


def test_a_model_that_never_stops_calling_is_stopped() -> None:
    with (
        model_that_says(asks_for("add", "{}")) as (client, seen),
        pytest.raises(RuntimeError, match="after 3 turns"),
    ):
        converse(client, "m", "?", [add], turns=3)
    assert len(seen) == 3 and seen[2]["messages"][2]["content"].startswith("error: ")


def test_our_endpoint_refuses_tools_in_one_sentence(server: RunningServer) -> None:
    client = openai.OpenAI(base_url=server.v1, api_key="k")
    with pytest.raises(openai.BadRequestError, match="does not support tools"):
        converse(client, server.model, "What is 3 plus 4?", [add])
