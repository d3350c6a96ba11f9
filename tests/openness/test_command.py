"""`selfhost openness` in a terminal: text for people, the promised JSON, one-sentence errors."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from selfhost import cli
from selfhost.openness import CLASSES

SHAPE = ["class", "mof_class", "osaid", "aspects", "reasons", "missing"]


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = cli.main(["openness", *words])
    out, err = capsys.readouterr()
    return status, out, err


@pytest.mark.parametrize("target", ["aprendiz", "models/aprendiz", "qwen3", "labs/data/halcon"])
def test_audit_json_has_exactly_the_promised_shape(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    from selfhost.paths import kit_root

    monkeypatch.chdir(kit_root())
    status, out, err = run(capsys, "audit", target, "--json")
    told = json.loads(out)
    assert (status, err) == (0, "")
    assert list(told) == SHAPE
    assert told["class"] in CLASSES
    assert told["mof_class"] in ("I", "II", "III", None)
    assert told["osaid"] in (True, False, None)
    assert list(told["aspects"]) == ["access", "model control", "data control", "autonomy", "trust"]
    assert told["reasons"] and all(row["text"] for row in told["reasons"])


def test_audit_text(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "audit", "olmo-2")
    assert status == 0
    assert out.startswith("OLMo 2: reproducible")


def test_compare(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "compare", "qwen3", "olmo-2")
    assert status == 0 and "* class" in out
    _, out, _ = run(capsys, "compare", "qwen3", "olmo-2", "--json")
    assert "class" in json.loads(out)["differs"]


def test_list_and_filters(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "list", "--kind", "benchmark", "--json")
    assert {row["kind"] for row in json.loads(out)["entries"]} == {"benchmark"}
    _, out, _ = run(capsys, "list", "--modality", "video")
    assert "wan-2.2" in out
    _, out, _ = run(capsys, "list", "--text", "no such thing")
    assert out.strip() == "No entry matches."


def test_describe_writes_what_audit_reads(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    target = tmp_path / "qwen3.yaml"
    status, out, _ = run(capsys, "describe", "qwen3", "--output", str(target))
    assert status == 0 and "wrote" in out
    _, out, _ = run(capsys, "audit", str(target), "--json")
    assert json.loads(out)["class"] == "open weight"
    _, out, _ = run(capsys, "describe", "qwen3")
    assert out.startswith("framework:")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("audit", "no-such-thing"), "selfhost openness list"),
        (("compare", "qwen3", "no-such-thing"), "selfhost openness list"),
    ],
)
def test_errors_are_one_sentence(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], expected: str
) -> None:
    status, _, err = run(capsys, *words)
    assert status == 1
    assert expected in err and "Traceback" not in err and err.count("\n") == 1


def test_without_an_action_the_usage_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = run(capsys)
    assert status == 2 and "ACTION" in err


def test_in_a_process_of_its_own() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "selfhost", "openness", "audit", "aprendiz", "--json"],
        capture_output=True, text=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert list(json.loads(done.stdout)) == SHAPE
