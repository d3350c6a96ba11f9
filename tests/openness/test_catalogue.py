"""The catalogue: its form, the workshop's examples, and what the rules make of them."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from pydantic import ValidationError

from selfhost import KitError
from selfhost.openness import CLASSES, catalogue, components, judge
from selfhost.openness.catalogue import differences, find, select
from selfhost.openness.catalogue_schema import Row
from selfhost.openness.licences import terms
from selfhost.openness.memory import BITS, estimate, weights_gib, what_runs
from selfhost.openness.resources import load_data
from selfhost.paths import shipped_models

# Every example of the workshop: (id, licence, class as the workshop placed it).
EXAMPLES = [
    ("kimi-k2", "LicenseRef-modified-mit-kimi", "available weights"),
    ("llama-3", "LicenseRef-llama-3", "available weights"),
    ("gemma-3", "LicenseRef-gemma", "available weights"),
    ("mistral-large", "LicenseRef-mistral-research", "available weights"),
    ("tulu-3", "LicenseRef-llama-3.1", "available weights"),
    ("command-a", "LicenseRef-cohere-cc-by-nc", "available weights"),
    ("granite-code", "Apache-2.0", "open weight"),
    ("deepseek", "MIT", "open source"),
    ("gpt-oss", "Apache-2.0", "open source"),
    ("qwen3", "Apache-2.0", "open source"),
    ("olmo-2", "Apache-2.0", "reproducible"),
    ("map-neo", "Apache-2.0", "reproducible"),
    ("llm360-k2", "Apache-2.0", "reproducible"),
    ("apertus", "Apache-2.0", "reproducible"),
    ("notebooklm", "LicenseRef-terms-of-service", "behind-app"),
    ("deepl", "LicenseRef-terms-of-service", "behind-app"),
    ("windsurf", "LicenseRef-terms-of-service", "behind-app"),
    ("hf-spaces", "LicenseRef-terms-of-service", "behind-app"),
    ("openrouter", "LicenseRef-terms-of-service", "directly accessible"),
    ("groq", "LicenseRef-terms-of-service", "directly accessible"),
]
# Where rules and workshop part, and what decides.
DIFFERENT = {
    "deepseek": ("open weight", "Training code"),
    "gpt-oss": ("open weight", "Training code"),
    "qwen3": ("open weight", "Training code"),
    "map-neo": ("open source", "Datasets"),
    "llm360-k2": ("open source", "Datasets"),
    "llm360-amber": ("open source", "Datasets"),
    "apertus": ("open source", "Datasets"),
}
# Named in the workshop, by (id, licence or None where the workshop gave none, derived).
OTHERS = [
    ("qwen-image", "Apache-2.0", "open weight"),
    ("hidream-i1", "MIT", "open weight"),
    ("flux-kontext", "LicenseRef-flux-dev-non-commercial", "available weights"),
    ("stable-diffusion", "LicenseRef-stability-community", "available weights"),
    ("wan-2.2", "Apache-2.0", "open weight"),
    ("hunyuan-video", "LicenseRef-tencent-hunyuan-community", "available weights"),
    ("ltx-video", "Apache-2.0", "available weights"),
    ("stable-video-diffusion", None, "available weights"),
    ("open-sora", None, "open weight"),
    ("whisper", "MIT", "open weight"),
    ("coqui-xtts", "LicenseRef-coqui-public-model", "available weights"),
    ("kokoro", "Apache-2.0", "open weight"),
    ("higgs-audio-2", "LicenseRef-boson-higgs-audio-2", "available weights"),
    ("chatterbox", "MIT", "open weight"),
    ("melotts", "MIT", "open weight"),
    ("openvoice-2", "MIT", "open weight"),
    ("fish-speech", "CC-BY-NC-SA-4.0", "available weights"),
    ("chatts", "Apache-2.0", "open weight"),
    ("hunyuan-world", None, "available weights"),
    ("llama-mesh", "LicenseRef-llama-3.1", "available weights"),
    ("fastsdcpu", None, "open software"),
    ("comfyui", None, "open software"),
    ("wan2gp", None, "not open"),
    ("civitai", None, "unknown"),
    *((name, None, None) for name in (
        "surfsense", "deerflow", "hyprnote", "transformerlab", "mobirag", "anythingllm", "hive",
        "openclaw", "hermes-agent", "autoresearch", "gnhf", "chatbot-arena-data", "laion",
        "common-corpus", "common-pile", "common-crawl", "fineweb", "chatbot-arena", "livebench",
        "llm-leaderboards", "swe-bench", "swe-bench-live", "ollama", "text-generation-webui",
        "open-webui", "librechat", "jan", "lm-studio", "llama.cpp", "vllm", "sglang", "lmdeploy",
        "transformers", "langchain", "litellm", "phi-3", "snowflake-arctic", "claude-3.7-sonnet",
        "gemma-2", "gpt-4o", "hugging-face", "deepseek-r1",
    )),
]  # fmt: skip


def test_size_ids_and_order() -> None:
    entries = catalogue.catalogue()
    assert 85 <= len(entries) <= 110
    assert all(entry.id == key for key, entry in entries.items())


@pytest.mark.parametrize(("key", "licence", "placed"), EXAMPLES)
def test_the_workshops_examples(key: str, licence: str, placed: str) -> None:
    entry = find(key)
    assert entry is not None
    assert entry.row.licence == licence
    assert entry.row.workshop_class == placed
    derived, part = DIFFERENT.get(key, (placed, ""))
    assert entry.derived == derived
    if part:
        missing = " ".join(f.text for f in entry.verdict().spectrum.missing())
        assert part in missing


@pytest.mark.parametrize(("key", "licence", "derived"), OTHERS)
def test_everything_else_that_was_named(key: str, licence: str | None, derived: str | None) -> None:
    entry = find(key)
    assert entry is not None
    if licence:
        assert entry.row.licence == licence
    if derived:
        assert entry.derived == derived


def test_every_difference_is_listed_with_its_reason() -> None:
    listed = {row["id"]: row for row in differences()}
    assert set(listed) == set(DIFFERENT)
    for key, (derived, part) in DIFFERENT.items():
        assert listed[key]["derived"] == derived
        assert part in listed[key]["why"]


def test_every_entry_has_a_known_licence_sources_and_a_verdict() -> None:
    for entry in catalogue.catalogue().values():
        assert entry.row.sources
        if entry.row.licence != "unknown":
            assert terms(entry.row.licence).open is not None, entry.id
        assert entry.derived in {*CLASSES, "open software", "open data", "not open", "unknown"}
        assert set(judge(entry.release).states) == set(components())


def test_a_fact_that_nobody_supports_is_unknown() -> None:
    states = find("kokoro").verdict().states  # type: ignore[union-attr]
    assert states["evaluation_data"].status == "unknown"
    assert states["training_code"].status == "absent"


def test_the_code_of_ltx_video_is_open_and_its_weights_are_not() -> None:
    states = find("LTX Video").verdict().states  # type: ignore[union-attr]
    assert states["inference_code"].open
    assert states["parameters_final"].status == "restricted"


def test_the_shipped_model_is_audited_from_its_files() -> None:
    entry = find("aprendiz")
    assert entry is not None and (shipped_models() / "aprendiz").is_dir()
    assert any("GGUF header" in f.text for f in entry.verdict().evidence)


def test_base_models_are_in_the_catalogue() -> None:
    for entry in catalogue.catalogue().values():
        assert entry.row.base is None or find(entry.row.base) is not None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "Has Spaces"),
        ("kind", "thing"),
        ("modality", "smell"),
        ("licence", "My Licence"),
        ("date", "last year"),
        ("url", "not a url"),
        ("url", ""),
        ("sources", []),
        ("published", ["cake"]),
        ("withheld", ["parameters_final"]),
        ("workshop_class", "very open"),
        ("licences", {"datasets": "MIT"}),
        ("licences", {"parameters_final": "Foo"}),
        ("parameters", [{"name": "x", "billions": -1}]),
        ("surprise", 1),
    ],
)
def test_the_schema_refuses(field: str, value: Any) -> None:
    raw = next(e for e in load_data("catalogue.yaml")["entries"] if e["id"] == "granite-code")
    good = copy.deepcopy(raw)
    Row.model_validate(good)
    with pytest.raises(ValidationError):
        Row.model_validate(good | {field: value})


def test_a_damaged_catalogue_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = copy.deepcopy(load_data("catalogue.yaml")["entries"][:2])
    rows[1]["date"] = "yesterday"
    monkeypatch.setattr(catalogue, "load_data", lambda _name: {"entries": rows})
    with pytest.raises(KitError, match=r"catalogue\.yaml, entry kimi-k2, date"):
        catalogue.catalogue.__wrapped__()
    twice = [rows[0], rows[0]]
    monkeypatch.setattr(catalogue, "load_data", lambda _name: {"entries": twice})
    with pytest.raises(KitError, match="two entries called aprendiz"):
        catalogue.catalogue.__wrapped__()


def test_filters() -> None:
    assert {e.row.kind for e in select(kind="benchmark")} == {"benchmark"}
    assert [e.id for e in select(text="hunyuan", kind="model")] == [
        "hunyuan-video",
        "hunyuan-world",
    ]
    assert select(text="no such thing anywhere") == []
    assert all(e.derived == "open weight" for e in select(derived="open weight"))


# --- memory -----------------------------------------------------------------------------------


def test_memory_is_parameters_times_bytes() -> None:
    assert weights_gib(8, 16) == pytest.approx(8e9 * 2 / 2**30)
    with pytest.raises(ValueError, match="positive"):
        weights_gib(0, 16)


def test_unknown_size_gives_no_estimate() -> None:
    (fit,) = estimate(find("coqui-xtts"), 1000, 4)  # type: ignore[arg-type]
    assert fit.gib is None and fit.fits is None
    assert "unknown" in str(fit)


def test_all_experts_of_a_mixture_count() -> None:
    fits = {f.size: f for f in estimate(find("qwen3"), 24, BITS["4 bit"])}  # type: ignore[arg-type]
    assert fits["235B"].fits is False
    assert fits["8B"].fits is True


def test_more_memory_never_runs_less_and_apis_are_left_out() -> None:
    entries = list(catalogue.catalogue().values())
    counts = [sum(bool(f.fits) for f in what_runs(entries, ram, 4.8)) for ram in (2, 8, 64, 4096)]
    assert counts == sorted(counts) and counts[0] < counts[-1]
    assert all(f.id != "gpt-4o" for f in what_runs(entries, 64, 4.8))


def test_the_biggest_that_fits_stands_first_and_the_unknown_last() -> None:
    fits = what_runs(catalogue.catalogue().values(), 16, 4.8)
    said = [str(fit) for fit in fits]
    assert any("MiB" in line for line in said) and not any("0.0 GiB" in line for line in said)
    assert fits[0].fits and fits[-1].fits is None
    order = [f.fits for f in fits]
    assert order == sorted(order, key=[True, False, None].index)
    good = [f.gib for f in fits if f.fits]
    assert good == sorted(good, reverse=True)
