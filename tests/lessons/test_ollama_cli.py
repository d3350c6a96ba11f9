"""`ollama ...` in a notebook: over HTTP against a real server, and through a program."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from selfhost import anatomy
from selfhost.endpoint import Endpoint, stop
from selfhost.endpoint.handle import ModelFacts
from selfhost.errors import KitError
from selfhost.ollama_cli import layers, ollama_cli, with_ollama_api


@pytest.fixture
def without_program(server: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """No `ollama` on the PATH, and clients that reach the test's server."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("OLLAMA_HOST", server.url)
    return server


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    ollama_cli(*arguments)
    return capsys.readouterr().out


def test_every_question_says_that_it_went_over_http(
    without_program: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments, route, expected in [
        (("--version",), "GET /api/version", "server version"),
        (("list",), "GET /api/tags", "aprendiz:latest"),
        (("show", "aprendiz"), "POST /api/show", "gemma3"),
        (("show", "aprendiz", "--template"), "POST /api/show", "start_of_turn"),
        (("show", "aprendiz", "--system"), "POST /api/show", "(none)"),
    ]:
        out = said(capsys, *arguments)
        assert out.startswith("$ ollama " + " ".join(arguments))
        assert "no `ollama` program" in out
        assert route in out
        assert expected in out


def test_run_loads_and_stop_unloads(
    without_program: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    out = said(capsys, "run", "aprendiz:q8_0", "What is the capital of France?")
    assert '"What is the capital of France?"' in out
    assert len(out.splitlines()[2].split()) >= 1
    assert "aprendiz:q8_0" in said(capsys, "ps")
    assert "unloaded" in said(capsys, "stop", "aprendiz:q8_0")
    assert "aprendiz:q8_0" not in said(capsys, "ps")


def test_create_copy_and_delete(
    without_program: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    modelfile = tmp_path / "Modelfile"
    modelfile.write_text('FROM aprendiz\nPARAMETER seed 7\nSYSTEM """Sé breve."""\n', "utf-8")
    out = said(capsys, "create", "breve", "-f", str(modelfile))
    assert "success" in out
    assert str(tmp_path) not in out  # a notebook's output names no path of this machine
    assert "Sé breve." in said(capsys, "show", "breve", "--modelfile")
    assert "seed" in said(capsys, "show", "breve", "--parameters")
    said(capsys, "cp", "breve", "corta")
    assert "corta:latest" in said(capsys, "list")
    said(capsys, "rm", "breve")
    said(capsys, "rm", "corta")
    assert "breve" not in said(capsys, "list")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("show", "no-such-model"), "404"),
        (("show",), "name of a model"),
        (("run", "aprendiz"), "prompt"),
        (("create", "x", "-f", "no-such-file"), "no Modelfile"),
        (("cp", "aprendiz"), "two names"),
        (("push", "x"), "no HTTP twin"),
    ],
)
def test_mistakes_are_one_sentence(
    without_program: Any, arguments: tuple[str, ...], expected: str
) -> None:
    with pytest.raises(KitError, match=expected):
        ollama_cli(*arguments)


def test_no_server_is_one_sentence(without_program: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "http://127.0.0.1:9")
    with pytest.raises(KitError, match="No server"):
        ollama_cli("list")


@pytest.mark.skipif(os.name == "nt", reason="the program of this test is a POSIX script")
def test_a_program_is_run_and_its_colours_are_dropped(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "ollama"
    program.write_text(
        # A first line may not hold a path with a space in it; this one is both sh and Python.
        f"#!/bin/sh\n'''exec' \"{sys.executable}\" \"$0\" \"$@\"\n' '''\nimport sys\n"
        "if sys.argv[1] == 'bad':\n    sys.exit('Error: no such thing')\n"
        "print('\\x1b[1mhello\\x1b[0m', *sys.argv[1:])\n",
        encoding="utf-8",
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert said(capsys, "list") == "$ ollama list\nhello list\n"
    with pytest.raises(KitError, match="no such thing"):
        ollama_cli("bad")


def test_the_picture_of_the_layers_is_drawn() -> None:
    texts = [text.get_text() for text in layers().axes[0].texts]
    assert {"Ollama", "llama.cpp"} <= set(texts)


@pytest.fixture
def own_run_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SELFHOST_RUN", str(tmp_path / "run"))
    monkeypatch.setenv("SELFHOST_MODELS", str(tmp_path / "models"))


def openai_only(server: Any) -> Endpoint:
    return Endpoint(
        kind="given",
        url=server.url,
        facts=ModelFacts("someone-elses-model"),
        engine="OpenAI-style API",
        apis=("openai",),
    )


def test_a_server_with_both_apis_is_kept(server: Any) -> None:
    at = Endpoint(kind="given", url=server.url, facts=ModelFacts("aprendiz"), engine="x")
    assert with_ollama_api(at) is at
    assert anatomy.engine_for(at, "aprendiz") is at


def test_another_server_is_joined_by_the_embedded_one(
    server: Any,
    own_run_files: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("SELFHOST_ENGINE", "openai")
    monkeypatch.setenv("SELFHOST_ENDPOINT", server.url)
    at = openai_only(server)
    beside = with_ollama_api(at)
    try:
        assert "only OpenAI's API" in capsys.readouterr().out
        assert (beside.kind, beside.model) == ("embedded", "aprendiz")
        assert os.environ["SELFHOST_ENGINE"] == "openai"  # as it was
        assert os.environ["SELFHOST_ENDPOINT"] == server.url
        again = anatomy.engine_for(at, "aprendiz")
        assert again.url == beside.url
        again.close()
    finally:
        beside.close()
        stop()
