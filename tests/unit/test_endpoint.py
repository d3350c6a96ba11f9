"""The embedded endpoint as processes: started, shared, killed, revived, ended."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time

import psutil
import pytest

from selfhost import KitError
from selfhost.endpoint import endpoint, launch, settings, state, status, stop
from selfhost.endpoint.http import ask

USE = """
import sys, time
from selfhost.endpoint import endpoint, status
at = endpoint()
print(at.url, status().pid, flush=True)
time.sleep(600)
"""


@pytest.fixture(autouse=True)
def embedded_only(own_run, monkeypatch):
    """The embedded endpoint, with a "default" port that no test beside this one uses."""
    monkeypatch.setenv("SELFHOST_ENGINE", "embedded")
    # Below the range that systems give to connections, as 11434 is.
    ports = (random.randrange(20_000, 32_000) for _ in range(100))
    port = next(port for port in ports if launch.is_free(port))
    monkeypatch.setattr(launch, "DEFAULT_PORT", port)
    monkeypatch.setattr(settings, "DEFAULT_PORT", port)


@pytest.fixture
def other_process():
    """Run code in another Python; all of them are killed at the end."""
    children = []

    def start(code: str = USE, **options) -> subprocess.Popen[str]:
        child = subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, **options
        )
        children.append(child)
        return child

    yield start
    for child in children:
        child.kill()
        child.communicate()


def first_line(child: subprocess.Popen[str]) -> tuple[str, int]:
    url, pid = child.stdout.readline().split()
    return url, int(pid)


def wait_until(condition, seconds: float = 30.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def kill(pid: int) -> None:
    """As `kill -9` does."""
    psutil.Process(pid).kill()
    assert wait_until(lambda: gone(pid))


def test_starts_answers_and_says_what_it_is():
    at = endpoint()
    assert at.kind == "embedded" and at.model == "aprendiz" and at.api_key == "ollama"
    assert at.openai_url == at.ollama_url + "/v1"
    words = at.describe()
    assert words.startswith("aprendiz (") and "Gemma 3 architecture" in words
    assert "embedded endpoint, llama.cpp (xllamacpp" in words and at.url in words
    code, answer = ask(f"{at.ollama_url}/api/tags")
    assert code == 200 and answer["models"]


def test_a_with_block_gives_the_server_back():
    with endpoint() as at:
        pid = status().pid
        assert at.ensure() is at
    assert wait_until(lambda: gone(pid))
    assert not status().running


def test_another_of_its_models_needs_no_second_server():
    first, second = endpoint(), endpoint("aprendiz:q8_0")
    assert second.model == "aprendiz:q8_0" and first.url == second.url


def test_processes_share_one_server_which_ends_after_the_last(other_process):
    children = [other_process() for _ in range(3)]
    answers = {first_line(child) for child in children}
    assert len(answers) == 1
    _, pid = answers.pop()
    assert sorted(status().info["leases"]) == sorted(child.pid for child in children)
    for child in children[:2]:
        kill(child.pid)
    time.sleep(5)  # longer than the server waits after its last user
    assert not gone(pid)
    kill(children[2].pid)
    assert wait_until(lambda: gone(pid))


def test_a_killed_server_comes_back_on_the_same_port():
    at = endpoint()
    url, pid = at.url, status().pid
    kill(pid)
    assert at.ensure().url == url  # so that clients made before work again
    assert status().pid != pid
    assert ask(f"{url}/api/version")[0] == 200
    kill(status().pid)
    assert endpoint().url == url


def test_after_a_kill_every_user_has_a_lease_again(other_process):
    at = endpoint()
    child = other_process()
    first_line(child)
    kill(status().pid)
    at.ensure()
    assert status().info["leases"] == [os.getpid()]
    endpoint()
    again = other_process()
    first_line(again)
    assert again.pid in status().info["leases"]


def test_the_next_notebook_cell_works_after_a_kill(tmp_path):
    """In IPython nobody has to call ensure(): it happens before every cell."""
    code = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
def cell(source):
    result = shell.run_cell(source)
    result.raise_error()
cell("from selfhost.endpoint import endpoint, status; at = endpoint(); at.export()")
cell("import ollama; before = ollama.list().models")
cell("import psutil; p = psutil.Process(status().pid); p.kill(); psutil.wait_procs([p], 10)")
cell("after = ollama.list().models; print(len(before), len(after))")
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "IPYTHONDIR": str(tmp_path / "ipython")},
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    before, after = done.stdout.split()[-2:]
    assert before == after != "0"


def test_the_server_is_nobodys_child():
    """Else restarting the notebook that started it would end it for all the others."""
    endpoint()
    children = {child.pid for child in psutil.Process().children(recursive=True)}
    assert status().pid not in children


@pytest.mark.skipif(sys.platform == "win32", reason="process groups and SIGINT are POSIX")
def test_ctrl_c_in_the_notebook_does_not_reach_the_server(other_process):
    child = other_process(start_new_session=True)
    _, pid = first_line(child)
    os.killpg(child.pid, signal.SIGINT)
    child.wait(20)
    assert not gone(pid)  # it ends by its lease a little later, not by the signal
    assert wait_until(lambda: gone(pid))


def test_a_record_of_another_process_is_not_believed(tmp_path):
    (tmp_path / "run de ñ").mkdir()
    state.save(state.State(os.getpid(), 9, "http://127.0.0.1:9", "f" * 32, "long ago"))
    assert not status().running
    at = endpoint()
    assert status().pid != os.getpid()
    assert at.url != "http://127.0.0.1:9" and ask(f"{at.url}/api/version")[0] == 200


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": "x"}', "\x00\x00"])
def test_a_spoilt_record_is_replaced(tmp_path, content):
    endpoint().close()
    stop()
    (record,) = [*(tmp_path / "run de ñ").glob("*.json")] or [state._file(".json")]
    record.write_text(content, encoding="utf-8")
    assert not status().running
    endpoint()
    assert status().running


def test_someone_elses_endpoint_is_not_taken_for_ours(stranger, monkeypatch):
    info = {"kit": "0.1.0", "pid": os.getpid(), "engine": {}, "models": []}
    tags = {"models": [{"name": "aprendiz:latest"}, {"name": "gemma3:1b"}]}
    answers = {"/selfhost/info": info, "/api/version": {"version": "0.33.0"}, "/api/tags": tags}
    port = stranger(answers)
    monkeypatch.setattr(launch, "DEFAULT_PORT", port)
    monkeypatch.setattr(settings, "DEFAULT_PORT", port)
    monkeypatch.delenv("SELFHOST_ENGINE")
    at = endpoint()
    assert at.kind == "embedded" and at.url != f"http://127.0.0.1:{port}"
    assert f"port {port} was taken" in at.describe()


def test_a_stranger_on_the_port_of_a_dead_server(stranger):
    at = endpoint()
    pid, port = status().pid, int(at.url.rsplit(":", 1)[1])
    kill(pid)
    stranger({"/selfhost/info": {"kit": "0", "pid": pid + 1}, "/api/tags": {"models": []}}, port)
    at.ensure()
    assert at.url != f"http://127.0.0.1:{port}"
    assert status().info["kit"]


def test_a_server_that_hangs_is_told_and_can_be_stopped(monkeypatch, one_sentence):
    if sys.platform == "win32":
        pytest.skip("SIGSTOP is POSIX")
    from selfhost.endpoint import embedded

    endpoint()
    pid = status().pid
    monkeypatch.setattr(embedded, "_TRIES", (0.3, 0.3))
    monkeypatch.setattr(embedded, "_PATIENCE", 0.5)
    os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.raises(KitError) as caught:
            endpoint()
        assert "does not answer" in one_sentence(caught.value)
    finally:
        os.kill(pid, signal.SIGCONT)
    assert endpoint().url == status().url


def test_without_a_lease_it_runs_until_it_is_stopped():
    endpoint(lease=None)
    found = status()
    assert found.info["leases"] == []
    assert stop() == found.pid
    assert gone(found.pid) and stop() is None


def test_start_failures_carry_the_logs_last_line(monkeypatch, tmp_path, one_sentence):
    """A server that cannot start: the end of what it printed arrives here."""
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "uvicorn.py").write_text("raise ImportError('half an installation')", "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(broken))
    with pytest.raises(KitError) as caught:
        endpoint()
    assert "half an installation" in one_sentence(caught.value)
    assert not status().running
    assert not list((tmp_path / "run de ñ").glob("*.ready"))
    monkeypatch.delenv("PYTHONPATH")
    assert endpoint().kind == "embedded"  # and the next try works


def test_a_model_file_cut_short_is_told(checkout, one_sentence):
    path = checkout / "models" / "aprendiz" / "aprendiz-F16.gguf"
    path.write_bytes(path.read_bytes()[:1_000_000])
    with pytest.raises(KitError) as caught:
        endpoint()
    assert "aprendiz-F16.gguf" in one_sentence(caught.value)
    assert not status().running


def test_a_missing_shipped_model_names_the_mend(checkout, one_sentence):
    (checkout / "models" / "aprendiz" / "aprendiz-Q8_0.gguf").unlink()
    with pytest.raises(KitError) as caught:
        endpoint("aprendiz:q8_0")
    assert "git checkout" in one_sentence(caught.value)


def test_models_that_are_not_here(one_sentence):
    with pytest.raises(KitError) as caught:
        endpoint("gemma3:1b")
    assert "ollama pull gemma3:1b" in one_sentence(caught.value)
    assert "selfhost models pull gemma3:1b" in str(caught.value)
    with pytest.raises(KitError) as caught:
        endpoint("nobody-knows:this")
    assert "it has aprendiz" in one_sentence(caught.value)


def test_a_lease_for_nobody_is_refused(one_sentence):
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    with pytest.raises(KitError) as caught:
        endpoint(lease=child.pid)
    assert str(child.pid) in one_sentence(caught.value)
    assert not status().running


def test_a_port_that_was_asked_for(monkeypatch, one_sentence):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        monkeypatch.setenv("SELFHOST_PORT", str(number))
        with pytest.raises(KitError) as caught:
            endpoint()
        assert str(number) in one_sentence(caught.value)
    at = endpoint()
    assert at.url.endswith(f":{number}") and "taken" not in at.describe()


def test_a_folder_that_cannot_be_made(monkeypatch, tmp_path, one_sentence):
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("SELFHOST_RUN", str(tmp_path / "file" / "run"))
    with pytest.raises(KitError) as caught:
        endpoint()
    assert "SELFHOST_RUN" in one_sentence(caught.value)


def test_a_key_for_another_server_does_not_close_this_one(monkeypatch):
    monkeypatch.setenv("SELFHOST_API_KEY", "for the classroom's server")
    at = endpoint()
    assert ask(f"{at.url}/api/tags")[0] == 200


def test_a_log_that_cannot_be_written_is_told(tmp_path, one_sentence):
    state.prepare()
    state.log_file().mkdir()
    with pytest.raises(KitError) as caught:
        endpoint()
    assert "cannot be started" in one_sentence(caught.value)
