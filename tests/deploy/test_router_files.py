"""The router's files without HAProxy: addresses, keys, the dashboard, the charts' values."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.deploy.conftest import ROUTER

FOLDER = ROOT / "deploy/router"


@pytest.mark.parametrize(("url", "found"), [
    ("http://10.0.0.5:11434", "10.0.0.5:11434"),
    ("http://10.0.0.5:11434/v1/", "10.0.0.5:11434"),
    ("models.uni.example:8000", "models.uni.example:8000"),
    ("http://[::1]:8000", "[::1]:8000"),
])  # fmt: skip
def test_reads_addresses(url: str, found: str) -> None:
    assert ROUTER.address(url) == found


@pytest.mark.parametrize("url", [
    "https://10.0.0.5:11434", "http://10.0.0.5", "http://h:1/chat", "http://h:99999", "",
    "http://h:80 weight 256",
])  # fmt: skip
def test_refuses_others_in_a_sentence(url: str) -> None:
    with pytest.raises(ROUTER.RouterError, match=r"address"):
        ROUTER.address(url)


@given(st.text(max_size=40))
def test_no_address_breaks_out_of_its_line(url: str) -> None:
    try:
        found = ROUTER.address(url)
    except (ROUTER.RouterError, ValueError):
        return
    assert not set(found) & set(" \t\n\r\"'#\\{}$")


def test_names_endpoints_in_order() -> None:
    text = ROUTER.backend(["http://a:1", "http://b:2"], slots=4, health="/health")
    assert "server e1 a:1 maxconn 4" in text and "server e2 b:2 maxconn 4" in text
    assert "option httpchk GET /health" in text


@pytest.mark.skipif(sys.platform == "win32", reason="HAProxy and its admin socket are Unix only")
def test_keys_are_kept_as_hashes_only(tmp_path: Path) -> None:
    runtime = ROUTER.Runtime(tmp_path)
    key = runtime.student("ana", 20)
    again = runtime.student("ben")
    text = (tmp_path / "keys.map").read_text(encoding="utf-8")
    assert key not in text and again not in text and key != again and len(key) > 30
    assert f"{ROUTER.hashed(key)} ana" in text.splitlines()
    assert (tmp_path / "limits.map").read_text(encoding="utf-8") == "ana 20\n"
    assert stat.S_IMODE((tmp_path / "keys.map").stat().st_mode) == 0o600
    with pytest.raises(ROUTER.RouterError, match="name"):
        runtime.student("ana; shutdown")
    with pytest.raises(ROUTER.RouterError, match="No router runs"):
        runtime.endpoints()


def test_the_command_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ROUTER.shutil, "which", lambda *_a, **_k: None)
    run = str(tmp_path / "run")
    assert ROUTER.main(["--run", run, "start", "--endpoint", "http://127.0.0.1:1"]) == 1
    assert "apt install haproxy" in capsys.readouterr().err


def test_the_dashboard_is_one_that_grafana_takes() -> None:
    board = json.loads((FOLDER / "grafana-dashboard.json").read_text(encoding="utf-8"))
    ids = [panel["id"] for panel in board["panels"]]
    assert len(set(ids)) == len(ids) and board["schemaVersion"] >= 36 and board["uid"]
    for panel in board["panels"]:
        assert panel["title"] and panel["targets"] and {"x", "y", "w", "h"} == set(panel["gridPos"])
        assert panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24
        assert all(t["expr"].count("(") == t["expr"].count(")") for t in panel["targets"])


def test_the_charts_values_hold_no_secret_and_name_their_chart() -> None:
    for file in (FOLDER / "kubernetes").glob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        assert "Not run" in text and "commit" in text and "helm upgrade" in text, file.name
        assert isinstance(yaml.safe_load(text), dict)
        assert "NoTaGrEaTpAsSwOrD" not in text
