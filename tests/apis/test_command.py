"""`selfhost apis`, and LiteLLM in its own environment."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from selfhost import KitError
from selfhost.apis import litellm
from selfhost.cli import main
from tests.conftest import RunningServer


def test_lists_providers_and_says_whose_key_is_set(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GROQ_API_KEY", "not-a-real-one")
    monkeypatch.delenv("OPENROUTER_API_KEY", raising=False)
    assert main(["apis", "list", "--json"]) == 0
    rows = {p["id"]: p for p in json.loads(capsys.readouterr().out)["providers"]}
    assert rows["groq"]["key_set"] and not rows["openrouter"]["key_set"]
    assert main(["apis"]) == 0
    said = capsys.readouterr().out
    assert "GROQ_API_KEY (set)" in said and "not-a-real-one" not in said


def test_probes_an_address(server: RunningServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["apis", "probe", server.v1, "--model", server.model, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["requests"] > 20
    assert {f["parameter"] for f in result["findings"]} >= {"top_k", "seed", "n"}


def test_a_provider_without_its_key_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("GROQ_API_KEY", raising=False)
    assert main(["apis", "probe", "groq"]) != 0
    assert "Groq needs a key. Try: set GROQ_API_KEY" in capsys.readouterr().err


def test_shows_a_request(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["apis", "request", "openrouter", "Hola"]) == 0
    said = capsys.readouterr().out
    assert "https://openrouter.ai/api/v1/chat/completions" in said
    assert "$OPENROUTER_API_KEY" in said and "Hola" in said


def test_scan_exits_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.py").write_text("nothing\n", encoding="utf-8")
    assert main(["apis", "scan", str(tmp_path)]) == 0
    (tmp_path / "a.py").write_text("k = 'gs" + "k_a1B2c3D4e5F6g7H8i9J0k1'\n", encoding="utf-8")
    capsys.readouterr()
    assert main(["apis", "scan", str(tmp_path)]) == 1
    assert "a.py:1: looks like a Groq key" in capsys.readouterr().out


def test_runs_a_program_in_litellms_environment(litellm_python: str) -> None:
    assert str(litellm.python()) == litellm_python
    said = litellm.run("import json, sys, openai; print(json.dumps([sys.argv[1], "
                       "openai.__version__]))", "hello")  # fmt: skip
    assert said[0] == "hello" and int(said[1].split(".")[0]) < 3
    with pytest.raises(KitError, match="ZeroDivisionError"):
        litellm.run("1 / 0")


def test_says_when_litellms_environment_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SELFHOST_ROOT", str(tmp_path))
    with pytest.raises(KitError, match="is not there"):
        litellm.run("print(1)")
