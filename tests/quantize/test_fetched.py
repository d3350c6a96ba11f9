"""A model that is not shipped: known, fetched from a hub on loopback, quantized and measured."""

from __future__ import annotations

import json

from selfhost.cli import main
from tests.unit.conftest import hub  # noqa: F401  (a fixture)

from .conftest import need_llama_cpp


def test_a_known_model_that_is_not_here(store, capsys):
    need_llama_cpp()
    assert main(["quantize", "gemma3:1b"]) == 1
    assert "selfhost models pull gemma3:1b" in capsys.readouterr().err


def test_from_the_download_to_the_figures(hub, capsys):  # noqa: F811
    """Quantized already, as gemma3:1b is: only --again takes it, and it is its own measure."""
    need_llama_cpp()
    assert main(["models", "pull", "small"]) == 0
    assert main(["quantize", "small", "--type", "Q2_K"]) == 1
    assert "quantized already" in capsys.readouterr().err
    words = ["quantize", "small", "--again", "--type", "Q8_0", "--type", "Q2_K", "--measure"]
    assert main([*words, "--seconds", "0.1", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["original"] == found["source"]
    same, small = (each["measured"]["quality"] for each in found["files"])
    assert same["kl_mean"] == 0 < small["kl_mean"]
    assert found["files"][0]["measured"]["items"] == 20  # the fewest that are ever asked
