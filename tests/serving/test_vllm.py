"""The contract against a real vLLM server, where one is given.

VLLM_URL=http://server:8000/v1 VLLM_MODEL=google/gemma-3-1b-it pytest tests/serving/test_vllm.py
"""

from __future__ import annotations

import os

import pytest

from selfhost.apis.call import Target
from selfhost.serving import compat


def test_vllm_keeps_the_contract() -> None:
    url = os.environ.get("VLLM_URL")
    if not url:
        pytest.skip("VLLM_URL is not set: no vLLM server to test")
    model = os.environ.get("VLLM_MODEL", "google/gemma-3-1b-it")
    rows = compat.check(Target(url, model, os.environ.get("VLLM_API_KEY")))
    assert {row.point: row.seen for row in rows if not row.holds} == {}
