"""`make lab`: ports, and how JupyterLab is started."""

from __future__ import annotations

import socket
import sys

import pytest

from selfhost.errors import KitError
from tools import lab


@pytest.fixture
def taken() -> object:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_taken_port_is_a_sentence_with_another_port(taken: int) -> None:
    with pytest.raises(KitError, match=f"Port {taken} is taken") as caught:
        lab.check_port(str(taken))
    offered = int(str(caught.value.mend).partition("PORT=")[2])
    assert lab.is_free(offered)


def test_a_free_port_is_taken_as_asked() -> None:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    assert lab.check_port(str(port)) == port


@pytest.mark.parametrize("port", ["0", "80", "70000", "many"])
def test_a_port_that_is_none(port: str) -> None:
    with pytest.raises(KitError, match="is no port"):
        lab.check_port(port)


def test_jupyter_opens_the_first_notebook_and_takes_no_other_port() -> None:
    command = lab.jupyter_command(8899, browser=False)
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    assert f"--LabApp.default_url=/lab/tree/{lab.FIRST_NOTEBOOK}" in command
    assert (lab.ROOT / lab.FIRST_NOTEBOOK).is_file()
    assert "--ServerApp.port=8899" in command and "--ServerApp.port_retries=0" in command
    assert "--no-browser" in command
    assert "--no-browser" not in lab.jupyter_command(8899, browser=True)
    # Notebooks are programs: who may not have the token may not reach them.
    assert not [word for word in command if "token" in word.lower() or "--ip" in word]


def test_without_a_port_jupyter_looks_for_a_free_one() -> None:
    command = lab.jupyter_command(None, browser=False)
    assert "--ServerApp.port=8888" in command and "--ServerApp.port_retries=99" in command
