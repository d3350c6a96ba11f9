"""The scan that keeps keys out of what is handed round, and reading keys from the environment."""

from __future__ import annotations

import json
import random
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfhost.apis.keys import FORMS, find_key, masked, scan_files, scan_text
from tests.conftest import ROOT

ALPHABET = string.ascii_letters + string.digits
HANDED_ROUND = ("course", "notebooks", "labs", "solutions", "src", "benchmarks", "deploy", "tools")


def made_up(prefix: str, length: int, seed: int = 1) -> str:
    """A string of a key's form that is nobody's key; put together here, so that no scan finds it
    in this file."""
    chance = random.Random(seed)
    return prefix + "".join(chance.choice(ALPHABET) for _ in range(length))


SAMPLES = {
    "an OpenAI, Anthropic or OpenRouter key": made_up("s" + "k-or-v1-", 48),
    "a Groq key": made_up("gs" + "k_", 52),
    "a Hugging Face token": made_up("h" + "f_", 34),
    "a Google key": made_up("AI" + "za", 35),
    "a GitHub token": made_up("gh" + "p_", 36),
    "an AWS key": "AK" + "IA" + "Q3EGZ7TN5RBW2XKD",
    "a Slack token": made_up("xo" + "xb-", 40),
    "a private key": "-----BEGIN RSA " + "PRIVATE KEY-----",
}


def test_every_form_has_a_sample() -> None:
    assert SAMPLES.keys() == FORMS.keys()


@pytest.mark.parametrize("what", SAMPLES)
def test_finds_each_form(what: str) -> None:
    found = scan_text(f"first line\nclient = OpenAI(api_key={SAMPLES[what]!r})\n")
    assert [(leak.what, leak.line) for leak in found] == [(what, 2)]


def test_never_shows_the_key() -> None:
    key = SAMPLES["a Groq key"]
    leak = scan_text(f"x = '{key}'")[0]
    assert key not in str(leak) and leak.shown == "..." + key[-4:]


@pytest.mark.parametrize("line", [
    'api_key = "' + made_up("", 32) + '"',
    '"secret_key": "' + made_up("", 32) + '",',
    "curl -H 'Authorization: Bearer " + made_up("", 40) + "'",
])  # fmt: skip
def test_finds_a_key_of_unknown_form_where_one_is_expected(line: str) -> None:
    assert [leak.what for leak in scan_text(line)] == ["a key written out"]


@pytest.mark.parametrize("line", [
    'client = OpenAI(base_url=url, api_key="ollama")',
    'api_key = os.environ["OPENROUTER_API_KEY"]',
    'api_key="$OPENROUTER_API_KEY_2026_11"',
    'api_key = "https://example.org/2026/11/21/abc"',
    '-H "Authorization: Bearer $GROQ_API_KEY"',
    "OPENROUTER_API_KEY=sk-or-...",
    'key = "sk-' + "x" * 40 + '"',
    "sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
])  # fmt: skip
def test_leaves_harmless_lines_alone(line: str) -> None:
    assert scan_text(line) == []


@given(st.text())
def test_any_text_can_be_scanned(text: str) -> None:
    lines = len(text.splitlines())
    assert all(1 <= leak.line <= lines for leak in scan_text(text))


@given(st.text(alphabet=ALPHABET, min_size=30, max_size=60), st.text(max_size=20))
def test_a_groq_key_is_found_whatever_stands_before_it(tail: str, before: str) -> None:
    varied = len(set(tail.lower())) > 2
    line = before.replace("\n", " ") + " gs" + "k_" + tail
    if varied:
        assert any(leak.what == "a Groq key" for leak in scan_text(line))


def test_reads_notebooks_with_their_outputs_and_skips_pictures(tmp_path: Path) -> None:
    key = SAMPLES["a Hugging Face token"]
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": ["fine\n", f"token {key}\n"]},
        {"output_type": "display_data", "data": {"image/png": SAMPLES["a Google key"]}},
    ]
    cells = [{"cell_type": "code", "source": ["print(token)"], "outputs": outputs}]
    (tmp_path / "leak.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    (tmp_path / "broken.ipynb").write_text("{" + SAMPLES["a Groq key"], encoding="utf-8")
    (tmp_path / ".env").write_text(f"HF_TOKEN={key}\n", encoding="utf-8")
    hidden = tmp_path / ".venv"
    hidden.mkdir()
    (hidden / "x.py").write_text(key, encoding="utf-8")
    found = {(Path(leak.file).name, leak.what) for leak in scan_files([tmp_path])}
    assert found == {
        ("leak.ipynb", "a Hugging Face token"),
        ("broken.ipynb", "a Groq key"),
        (".env", "a Hugging Face token"),
    }


def test_nothing_that_is_handed_round_holds_a_key() -> None:
    """The course's own gate: sources, notebooks with outputs, labs, the package, deployments."""
    folders = [ROOT / name for name in HANDED_ROUND if (ROOT / name).is_dir()]
    assert {"course", "notebooks", "src"} <= {folder.name for folder in folders}
    assert [str(leak) for leak in scan_files(folders)] == []


def test_takes_the_first_variable_that_holds_something() -> None:
    place = {"A": "  ", "B": " secret ", "C": "other"}
    assert find_key(["A", "B", "C"], place) == "secret"
    assert find_key(["A"], place) is None and find_key([], place) is None


def test_masks_short_keys_wholly() -> None:
    assert masked("0123456789") == "..."
