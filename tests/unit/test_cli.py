"""The `selfhost` command: dispatch, --json everywhere, errors, and its own subcommands."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from selfhost import KitError, __version__, commands
from selfhost.cli import main
from selfhost.console import Bar, columns, size

pytestmark = pytest.mark.usefixtures("own_run")


def run(capsys, *words: str) -> tuple[int, str, str]:
    capsys.readouterr()
    status = main(list(words))
    out, err = capsys.readouterr()
    return status, out, err


def run_json(capsys, *words: str):
    status, out, _ = run(capsys, *words, "--json")
    return status, json.loads(out)


@pytest.mark.parametrize("name", commands.names())
def test_every_command_keeps_its_promises(name, capsys):
    module = commands.load(name)
    assert module.HELP and "\n" not in module.HELP
    assert callable(module.configure) and callable(module.run) and callable(module.text)
    status, out, _ = run(capsys, name, "--help")
    assert status == 0 and "--json" in out


def test_the_overview_lists_every_command(capsys):
    for words in ([], ["--help"], ["help"]):
        status, out, _ = run(capsys, *words)
        assert status == 0 and all(f"  {name} " in out for name in commands.names())
    assert run(capsys, "--version")[1].strip() == __version__


def test_a_mistyped_command_gets_a_hint(capsys):
    status, _, err = run(capsys, "modles")
    assert status == 2 and "selfhost models" in err
    assert run(capsys, "xyzzy")[0] == 2
    assert run(capsys, "models", "--nonsense")[0] == 2


def test_errors_are_a_sentence_and_with_json_an_object(capsys, one_sentence):
    status, out, err = run(capsys, "models", "show", "nothing")
    assert status == 1 and out == "" and "selfhost models list" in one_sentence(err.strip())
    status, answer = run_json(capsys, "models", "show", "nothing")
    assert status == 1 and set(answer) == {"error", "mend"}


def test_json_may_stand_anywhere(capsys):
    for words in (("models", "--json", "list"), ("models", "list", "--json")):
        status, out, _ = run(capsys, *words)
        assert status == 0 and json.loads(out)["models"]


def test_an_errors_own_exit_status_is_kept(capsys, monkeypatch):
    def fail(args):
        raise KitError("No.", exit_code=7)

    monkeypatch.setattr(commands.load("models"), "run", fail)
    assert run(capsys, "models")[0] == 7


def test_ctrl_c_is_no_traceback(capsys, monkeypatch):
    def stop(args):
        raise KeyboardInterrupt

    monkeypatch.setattr(commands.load("models"), "run", stop)
    status, _, err = run(capsys, "models")
    assert status == 130 and err.strip() == "Stopped."


def test_models_list_says_what_is_here(capsys, checkout):
    _, answer = run_json(capsys, "models")
    rows = {row["name"]: row for row in answer["models"]}
    assert rows["aprendiz"]["state"] == "shipped" and Path(rows["aprendiz"]["path"]).is_file()
    assert rows["gemma3:1b"]["state"] == "not here"
    (checkout / "models" / "aprendiz" / "aprendiz-F16.gguf").unlink()
    _, answer = run_json(capsys, "models", "list")
    assert answer["models"][0]["state"] == "missing"
    assert "gemma3:1b" in run(capsys, "models")[1]


def test_models_verify_finds_a_changed_byte(capsys, checkout):
    status, answer = run_json(capsys, "models", "verify")
    assert status == 0 and answer["failed"] == 0 and len(answer["checks"]) == 2
    path = checkout / "models" / "aprendiz" / "aprendiz-Q8_0.gguf"
    content = bytearray(path.read_bytes())
    content[-100] ^= 1
    path.write_bytes(content)
    status, answer = run_json(capsys, "models", "verify")
    assert status == 1 and answer["failed"] == 1
    path.unlink()
    status, out, _ = run(capsys, "models", "verify")
    assert status == 1 and "missing" in out
    assert run(capsys, "models", "verify", "aprendiz")[0] == 0


def test_models_show_reads_the_header(capsys, checkout):
    _, answer = run_json(capsys, "models", "show", "aprendiz", "--tensors")
    assert answer["architecture"] == "gemma3"
    assert len(answer["tensor_list"]) == answer["tensors"]
    _, out, _ = run(capsys, "models", "show", answer["path"], "--tensors")
    assert "token_embd.weight" in out and "general.architecture = gemma3" in out
    assert "token_embd" not in run(capsys, "models", "show", "aprendiz")[1]


def test_models_path(capsys, checkout):
    _, out, _ = run(capsys, "models", "path", "aprendiz:q8_0")
    assert Path(out.strip()) == checkout / "models" / "aprendiz" / "aprendiz-Q8_0.gguf"
    status, _, err = run(capsys, "models", "path", "gemma3:1b")
    assert status == 1 and "selfhost models pull gemma3:1b" in err


def test_models_pull_and_remove(capsys, hub):
    status, out, err = run(capsys, "models", "pull", "small")
    assert status == 0 and "small is here" in out
    assert "Licence: Apache-2.0, https://example.org/licence" in err
    assert "100 %" in err
    status, answer = run_json(capsys, "models", "verify", "small")
    assert status == 0 and answer["checks"][0]["status"] == "ok"
    assert run(capsys, "models", "remove", "small")[0] == 0
    assert run(capsys, "models", "path", "small")[0] == 1
    status, _, err = run(capsys, "models", "remove", "aprendiz")
    assert status == 1 and "left alone" in err


def test_models_add_takes_a_file_from_a_stick(capsys, hub, tmp_path):
    stick = tmp_path / "from a friend.gguf"
    stick.write_bytes(hub.content)
    status, out, _ = run(capsys, "models", "add", str(stick))
    assert status == 0 and "small is here" in out
    assert run(capsys, "models", "path", "small")[0] == 0


def test_models_pull_shows_terms_and_needs_a_yes(capsys, hub, know_small):
    know_small(open_licence=False, licence="Example Terms", sha256=hub.sha256)
    status, _, err = run(capsys, "models", "pull", "small")
    assert status == 1 and "Licence: Example Terms, https://example.org/licence" in err
    assert run(capsys, "models", "pull", "small", "--accept-licence")[0] == 0


def test_endpoint_start_status_stop(capsys, monkeypatch):
    monkeypatch.setenv("SELFHOST_ENGINE", "embedded")
    status, answer = run_json(capsys, "endpoint")
    assert status == 3 and answer["running"] is False
    assert "No embedded endpoint" in run(capsys, "endpoint", "stop")[1]
    status, answer = run_json(capsys, "endpoint", "start")
    assert status == 0 and answer["kind"] == "embedded" and answer["model"] == "aprendiz"
    status, out, _ = run(capsys, "endpoint", "status")
    assert status == 0 and answer["ollama_url"] in out and "aprendiz" in out
    status, out, _ = run(capsys, "endpoint", "stop")
    assert status == 0 and "Stopped" in out
    assert run(capsys, "endpoint")[0] == 3


def test_python_m_selfhost_and_a_closed_pipe():
    code = "models list"
    done = subprocess.run(
        [sys.executable, "-m", "selfhost", *code.split()],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert "aprendiz" in done.stdout
    child = subprocess.Popen(
        [sys.executable, "-m", "selfhost", "models", "show", "aprendiz"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    child.stdout.close()  # the reader went away
    assert b"Traceback" not in child.stderr.read()
    child.stderr.close()
    child.wait(30)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (None, "?"),
        (0, "0 kB"),
        (5_549_344, "5.5 MB"),
        (99_949_999, "99.9 MB"),
        (806_058_240, "806 MB"),
        (2_489_757_856, "2.5 GB"),
    ],
)
def test_sizes(count, text):
    assert size(count) == text


def test_columns_line_up():
    assert columns([("a", "bb"), ("ccc", "d")]) == "a    bb\nccc  d"
    assert columns([]) == ""


def test_the_bar_says_little_where_nobody_watches(capsys):
    bar = Bar()
    bar("pulling manifest", 0, 0)
    for done in range(1001):
        bar("pulling abc", done, 1000)
    bar("success", 0, 0)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "pulling manifest" and lines[-1] == "success"
    assert len(lines) == 13 and "100 %" in lines[-2]
