"""schemathesis over the endpoint's own OpenAPI description: what is documented is what happens."""

from __future__ import annotations

from typing import Any

import httpx
import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
HEALTH = list(HealthCheck)
# Leasing decides when the server under test ends; pulling would ask the network.
LEFT_OUT = ("/selfhost/lease", "/api/pull")


def _tame(body: Any) -> None:
    """A generated request may ask for thousands of tokens: honest work, and no fault."""
    if not isinstance(body, dict):
        return
    options = body.get("options")
    if isinstance(options, dict) and isinstance(options.get("num_predict"), int):
        options["num_predict"] = min(abs(options["num_predict"]), 4)
    for name in ("max_tokens", "max_completion_tokens", "n"):
        if isinstance(body.get(name), int) and not isinstance(body[name], bool):
            body[name] = min(body[name], 2)


def _try(operation: Any) -> int:
    """Send drawn requests to one route and hold the answers against the description."""
    answered = 0

    @seed(20261120)
    @settings(max_examples=25, deadline=None, database=None, suppress_health_check=HEALTH)
    @given(case=operation.as_strategy())
    def keeps_its_word(case: Any) -> None:
        nonlocal answered
        _tame(case.body)
        answer = case.call(timeout=60)
        answered += 1
        case.validate_response(answer, checks=CHECKS)

    keeps_its_word()
    return answered


def test_every_route_keeps_its_word(server: Any) -> None:
    description = schemathesis.openapi.from_url(server.url + "/openapi.json")
    operations = [result.ok() for result in description.get_all_operations()]
    tried = {o.label: _try(o) for o in operations if o.path not in LEFT_OUT}
    assert len(tried) > 15 and all(tried.values()), tried


def test_the_description_lists_both_apis(server: Any) -> None:
    paths = httpx.get(server.url + "/openapi.json").json()["paths"]
    for path in ("/api/chat", "/api/generate", "/api/tags", "/api/pull", "/v1/chat/completions",
                 "/v1/models", "/v1/embeddings", "/selfhost/defaults"):  # fmt: skip
        assert path in paths
