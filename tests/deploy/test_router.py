"""The router, run for real: three endpoints behind HAProxy, one killed under load, one added."""

from __future__ import annotations

import json
import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from tests.conftest import ROOT
from tests.deploy.conftest import Running, start_endpoint

FOLDER = ROOT / "deploy/router"


def crowd(
    router: Running, count: int, at_once: int, *, then: Callable[[], None] | None = None,
    **fields: Any,
) -> list[httpx.Response]:  # fmt: skip
    """So many questions of ana, so many of them at once; `then` is done after a third of them."""
    lock, done = threading.Lock(), 0

    def one(number: int) -> httpx.Response:
        nonlocal done
        reply = router.ask(seed=number, **fields)
        with lock:
            done += 1
            third = done == count // 3
        if third and then:
            then()
        return reply

    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(one, range(count)))


def test_shares_the_load_loses_no_answer_and_grows(router: Running) -> None:
    pid = router.process.pid

    # Shared: each of the three answers some of 24 (the least busy is asked) questions.
    assert Counter(r.status_code for r in crowd(router, 24, 6)) == {200: 24}
    served = router.served()
    assert sorted(served) == ["e1", "e2", "e3"] and min(served.values()) >= 1
    assert sum(served.values()) == 24

    # Killed: -9 while six answers are always being written; none fails.
    child = router.endpoints[0][0]
    replies = crowd(router, 30, 6, limit=120, then=lambda: child.send_signal(signal.SIGKILL))
    assert child.wait(10) == -signal.SIGKILL
    assert Counter(r.status_code for r in replies) == {200: 30}
    assert all(r.json()["choices"][0]["message"]["content"] for r in replies)
    router.wait_for(2)
    assert router.up() == ["e2", "e3"]
    again = sum(int(r["wretr"]) + int(r["wredis"]) for r in router.runtime.endpoints())
    assert again > 0, "nobody was waiting for the endpoint that was killed"

    # Added: one more endpoint, the same process, and it gets questions.
    child, url = start_endpoint(router.folder / "new")
    router.endpoints.append((child, url))
    name = router.runtime.add(url)
    router.wait_for(3)
    before = router.served().get(name, 0)
    assert Counter(r.status_code for r in crowd(router, 18, 6)) == {200: 18}
    assert router.served()[name] > before
    assert router.process.pid == pid and router.process.poll() is None

    # Taken out: drained and forgotten.
    router.runtime.remove("e2")
    assert sorted(r["svname"] for r in router.runtime.endpoints()) == ["e1", "e3", "e4"]
    assert router.ask().status_code == 200


def test_keys_limits_streams_and_figures(router: Running) -> None:
    # No key, a wrong one, a right one in either header.
    body = {"model": "aprendiz", "max_tokens": 2, "messages": [{"role": "user", "content": "Hi"}]}
    chat = f"{router.url}/v1/chat/completions"
    for headers in ({}, {"Authorization": "Bearer router-wrong"}, {"X-Api-Key": ""}):
        refused = httpx.post(chat, json=body, headers=headers)
        assert refused.status_code == 401
        assert refused.json()["error"]["code"] == "invalid_api_key"
    key = {"X-Api-Key": router.keys["ana"]}
    assert httpx.post(chat, json=body, headers=key, timeout=60).status_code == 200
    assert httpx.get(f"{router.url}/v1/models", headers=key).json()["data"]
    assert httpx.get(f"{router.url}/router/health").text == "up"

    # Students ask; they do not delete models.
    gone = httpx.request(
        "DELETE", f"{router.url}/api/delete", json={"model": "aprendiz"}, headers=key
    )
    assert gone.status_code == 403

    # Ben has 3 a minute; ana does not notice.
    found = [router.ask("ben", 2) for _ in range(5)]
    assert [r.status_code for r in found] == [200, 200, 200, 429, 429]
    assert "ben: more than 3 requests" in found[-1].json()["error"]["message"]
    assert found[-1].headers["retry-after"] == "5"
    assert router.ask("ana", 2).status_code == 200
    assert dict(router.runtime.students())["ben"] == 3

    # A stream passes piece by piece, not all at once at the end.
    moments, lines = [], []
    with httpx.stream("POST", chat, json={**body, "stream": True, "max_tokens": 60},
                      headers=key, timeout=60) as answer:  # fmt: skip
        for line in answer.iter_lines():
            if line:
                moments.append(time.monotonic())
                lines.append(line)
    assert lines[-1] == "data: [DONE]" and len(set(moments)) > 3

    # Figures: everything that the dashboard asks for exists.
    told = httpx.get(router.metrics_url).text
    names = set(re.findall(r"^(haproxy_\w+)", told, re.MULTILINE))
    assert dashboard_metrics() <= names
    assert httpx.get(router.metrics_url.replace("/metrics", "/")).status_code == 404

    # The log names student and endpoint, and nobody's words.
    log = (router.folder / "router.log").read_text(encoding="utf-8")
    assert re.search(r"student=ana endpoint=e\d status=200", log)
    assert "Tell me a story" not in log and router.keys["ana"] not in log


def test_a_stream_that_is_cut_can_be_seen_and_nobody_left_is_a_sentence(router: Running) -> None:
    """No proxy can take back words that a student has read. But the end is missing, and is seen."""
    ends = json.loads((ROOT / "models/aprendiz/generation_config.json").read_text("utf-8"))
    body = {
        "model": "aprendiz", "max_tokens": 1800, "stream": True,
        "logit_bias": {str(token): -100 for token in ends["eos_token_id"]},  # a story without end
        "messages": [{"role": "user", "content": "Tell me a long story."}],
    }  # fmt: skip
    headers = {"Authorization": f"Bearer {router.keys['ana']}"}
    for child, _ in router.endpoints[1:]:
        child.send_signal(signal.SIGKILL)  # so that the first one gets the question
    router.wait_for(1)
    lines: list[str] = []
    try:
        with httpx.stream("POST", f"{router.url}/v1/chat/completions", json=body, headers=headers,
                          timeout=30) as answer:  # fmt: skip
            for line in answer.iter_lines():
                if not lines:
                    router.endpoints[0][0].send_signal(signal.SIGKILL)
                lines.append(line)
    except httpx.HTTPError:
        pass
    assert lines and "data: [DONE]" not in lines
    refused = router.ask()
    assert refused.status_code == 503
    assert "endpoint" in refused.json()["error"]["message"]


def dashboard_metrics() -> set[str]:
    board = json.loads((FOLDER / "grafana-dashboard.json").read_text(encoding="utf-8"))
    queries = [t["expr"] for panel in board["panels"] for t in panel["targets"]]
    assert len(queries) >= 10
    return {name for query in queries for name in re.findall(r"haproxy_\w+", query)}
