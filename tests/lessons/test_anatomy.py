"""Opening the shipped model's files: header, tensors, tokens, one step, the release."""

from __future__ import annotations

import itertools
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from selfhost import anatomy
from selfhost.errors import KitError
from selfhost.paths import shipped_models

FOLDER = shipped_models() / anatomy.SHIPPED
PROMPT = "<start_of_turn>user\nWhat is the capital of France?<end_of_turn>\n<start_of_turn>model\n"


@pytest.fixture(scope="module")
def opened() -> anatomy.Anatomy:
    name, path, _ = anatomy.local_model(anatomy.SHIPPED)
    return anatomy.open_model(name, path)


@pytest.fixture(scope="module")
def tokenizer(opened: anatomy.Anatomy) -> anatomy.Tokenizer:
    return anatomy.Tokenizer.from_gguf(opened.info.metadata)


@pytest.fixture(scope="module")
def model() -> anatomy.Gemma3:
    return anatomy.load(FOLDER)


def test_local_model_says_whose_file_it_is() -> None:
    name, path, said = anatomy.local_model("aprendiz")
    assert (name, path.suffix) == ("aprendiz", ".gguf")
    assert "that answers" in said


def test_local_model_falls_back_on_the_shipped_one_and_says_so() -> None:
    name, path, said = anatomy.local_model("no-such-model:7b")
    assert name == anatomy.SHIPPED
    assert path.is_file()
    assert "no-such-model:7b" in said
    assert anatomy.SHIPPED in said


def test_groups_hold_every_tensor_once(opened: anatomy.Anatomy) -> None:
    groups = anatomy.groups(opened)
    assert sum(g.tensors for g in groups) == len(opened.info.tensors)
    assert sum(g.numbers for g in groups) == opened.info.parameters
    assert sum(g.bytes for g in groups) == opened.data_bytes < opened.file_bytes
    assert [g.name for g in groups] == ["embedding", "attention", "feed-forward", "norms"]


def test_group_sizes_follow_from_the_config(opened: anatomy.Anatomy) -> None:
    config = json.loads((FOLDER / "config.json").read_text(encoding="utf-8"))
    hidden, layers = config["hidden_size"], config["num_hidden_layers"]
    numbers = {g.name: g.numbers for g in anatomy.groups(opened)}
    assert numbers["embedding"] == config["vocab_size"] * hidden
    assert numbers["feed-forward"] == layers * 3 * hidden * config["intermediate_size"]
    heads = config["num_attention_heads"] * 2 + config["num_key_value_heads"] * 2
    assert numbers["attention"] == layers * heads * config["head_dim"] * hidden


def test_facts_name_the_layers_and_the_vocabulary(opened: anatomy.Anatomy) -> None:
    said = {key: value for key, value, _ in anatomy.facts(opened)}
    config = json.loads((FOLDER / "config.json").read_text(encoding="utf-8"))
    assert said["gemma3.block_count"] == config["num_hidden_layers"]
    assert said["tokenizer.ggml.tokens"].startswith(str(config["vocab_size"]))


@pytest.mark.parametrize("name", ["aprendiz", "aprendiz:q8_0"])
def test_first_values_are_the_safetensors_ones(name: str) -> None:
    from safetensors.numpy import load_file

    _, path, _ = anatomy.local_model(name)
    values = anatomy.first_values(anatomy.open_model(name, path), "blk.0.ffn_down.weight", 64)
    stored = load_file(FOLDER / "model.safetensors")["model.layers.0.mlp.down_proj.weight"]
    # Q8_0 rounds to 1/127 of the largest of 32 neighbours, F16 to 11 binary digits.
    assert np.allclose(values, stored.reshape(-1)[:64], atol=np.abs(stored).max() / 127)


def test_occurrences_counts_across_seams(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "f"
    file.write_bytes(b"x" * ((1 << 24) - 2) + b"Paris" + b"Paris")
    assert anatomy.occurrences(file, "Paris") == 2
    assert anatomy.occurrences(file, "x") == (1 << 24) - 2


def _texts() -> list[str]:
    odd = [
        "", " ", "   ", " x", "a  b\n\tc", "¿Por qué el cielo es azul? ¡Olé!", "日本語 😀 ñ",
        "12345 + 67 = ?", "don't", "<end_of_turn>", "x" * 300, "▁", "e\u0301",
    ]  # fmt: skip
    asked = [
        json.loads(line)["prompt"]
        for file in sorted((FOLDER / "benchmarks").glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    return odd + asked


def test_tokens_equal_the_tokenizers_library(tokenizer: anatomy.Tokenizer) -> None:
    from tokenizers import Tokenizer

    library = Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
    texts = [text for text in _texts() if text not in {"<end_of_turn>", "▁"}]
    assert len(texts) > 100
    for text in texts:
        assert tokenizer.encode(text) == library.encode(text, add_special_tokens=False).ids, text
    whole = library.encode("<bos>" + PROMPT, add_special_tokens=False).ids
    assert tokenizer.encode(PROMPT, bos=True, special=True) == whole


def test_text_survives_the_round_trip(tokenizer: anatomy.Tokenizer) -> None:
    for text in _texts():
        if text != "▁":  # the sign that stands for a space comes back as one
            assert tokenizer.decode(tokenizer.encode(text)) == text


def test_a_user_cannot_type_a_control_token(tokenizer: anatomy.Tokenizer) -> None:
    assert len(tokenizer.encode("<end_of_turn>")) > 1
    assert len(tokenizer.encode("<end_of_turn>", special=True)) == 1


def test_merge_steps_start_with_letters_and_end_with_tokens(tokenizer: anatomy.Tokenizer) -> None:
    text = "The capital of Spain"
    steps = tokenizer.steps(text)
    assert steps[0] == list(text.replace(" ", "\u2581"))
    assert steps[-1] == [tokenizer.pieces[i] for i in tokenizer.encode(text)]
    assert all(len(a) == len(b) + 1 for a, b in itertools.pairwise(steps))


def test_other_vocabularies_are_refused_in_a_sentence() -> None:
    with pytest.raises(KitError, match="gpt2"):
        anatomy.Tokenizer.from_gguf({"tokenizer.ggml.model": "gpt2"})


@pytest.mark.parametrize("length", [1, 30, 700])
def test_the_step_equals_transformers(
    model: anatomy.Gemma3, tokenizer: anatomy.Tokenizer, length: int
) -> None:
    """700 tokens reach beyond the sliding window."""
    rng = np.random.default_rng(length)
    ids = [int(i) for i in rng.integers(0, len(tokenizer), length)]
    ours, theirs = model.logits(ids), anatomy.reference_logits(FOLDER, ids)
    assert ours.shape == (len(tokenizer),)
    assert np.abs(ours - theirs).max() < 1e-3


def test_the_step_equals_transformers_with_global_layers(tmp_path: Path) -> None:
    """Every sixth layer sees everything and has another rotary base, whatever is shipped."""
    import torch
    from transformers import Gemma3ForCausalLM, Gemma3TextConfig

    torch.manual_seed(0)
    config = Gemma3TextConfig(
        vocab_size=64, hidden_size=32, intermediate_size=48, num_hidden_layers=7, head_dim=8,
        num_attention_heads=4, num_key_value_heads=2, query_pre_attn_scalar=8, sliding_window=5,
    )  # fmt: skip
    made = Gemma3ForCausalLM(config)
    for parameter in made.parameters():  # norms start at 0 and would hide a mistake
        torch.nn.init.normal_(parameter, std=0.3)
    made.save_pretrained(tmp_path)
    ids = list(range(20))
    ours, theirs = anatomy.load(tmp_path).logits(ids), anatomy.reference_logits(tmp_path, ids)
    assert "full_attention" in config.layer_types
    assert np.abs(ours - theirs).max() < 1e-3 * max(1.0, float(np.abs(theirs).max()))


def test_trace_sees_every_layer(model: anatomy.Gemma3, tokenizer: anatomy.Tokenizer) -> None:
    ids = tokenizer.encode(PROMPT, bos=True, special=True)
    trace = anatomy.Trace()
    scores = model.logits(ids, trace)
    assert len(trace.hidden) == len(trace.attention) == model.layers
    assert np.array_equal(model.scores(trace.hidden[-1]), scores)
    for weights in trace.attention:
        assert np.allclose(weights.sum(axis=-1), 1, atol=1e-5)
        assert np.array_equal(np.triu(weights[0], 1), np.zeros_like(weights[0]))
    assert trace.shapes[0][1] == (len(ids),)
    assert trace.shapes[-1][1] == (len(tokenizer),)


def test_half_rounds_the_matrices_only(model: anatomy.Gemma3) -> None:
    halved = anatomy.load(FOLDER, half=True)
    name = "layers.0.mlp.up_proj.weight"
    assert np.array_equal(halved.weights[name], model.weights[name].astype(np.float16))
    norm = "layers.0.input_layernorm.weight"
    assert np.array_equal(halved.weights[norm], model.weights[norm])


def test_an_incomplete_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(KitError, match="missing"):
        anatomy.load(tmp_path)
    shutil.copy(FOLDER / "model.safetensors", tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "llama"}', encoding="utf-8")
    with pytest.raises(KitError, match="llama"):
        anatomy.load(tmp_path)


def test_release_parts_are_what_lies_there(tmp_path: Path) -> None:
    for name in ("config.json", "m.gguf", "train_cpu.py", "benchmarks/x.jsonl", "README.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x", encoding="utf-8")
    found = {part.name: part.present for part in anatomy.parts(tmp_path)}
    assert [name for name, there in found.items() if there] == [
        "architecture", "weights", "software to train", "data to benchmark", "documentation",
    ]  # fmt: skip


def test_the_shipped_release_has_what_it_needs_to_run() -> None:
    found = {part.name: part.files for part in anatomy.parts(FOLDER)}
    for name in ("architecture", "weights", "tokenizer and template", "documentation", "licence"):
        assert found[name], name


def test_the_template_makes_one_text(opened: anatomy.Anatomy) -> None:
    assert (
        anatomy.render(opened.info.metadata, "What is the capital of France?") == "<bos>" + PROMPT
    )


def test_the_template_keeps_the_turns_in_order(opened: anatomy.Anatomy) -> None:
    text = anatomy.render(
        opened.info.metadata,
        [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": "Hello"},
            {"role": "user", "content": "¿Qué?"},
        ],
    )
    assert text.index("Be brief.") < text.index("Hi") < text.index("Hello") < text.index("¿Qué?")
    assert text.endswith("<start_of_turn>model\n")


def test_templates_run_in_a_sandbox() -> None:
    with pytest.raises(KitError, match="refuses"):
        anatomy.render({"tokenizer.chat_template": "{{ ''.__class__.__mro__ }}"}, "Hi")
    with pytest.raises(KitError, match="no chat template"):
        anatomy.render({}, "Hi")


def test_the_library_renders_the_same(opened: anatomy.Anatomy) -> None:
    from transformers import AutoTokenizer

    library = AutoTokenizer.from_pretrained(FOLDER)
    messages = [{"role": "user", "content": "¿Cuál es la capital de Francia?"}]
    text = library.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    assert anatomy.render(opened.info.metadata, messages) == text


def test_stop_tokens_are_control_tokens(opened: anatomy.Anatomy) -> None:
    stop = anatomy.stop_tokens(opened.info.metadata)
    kinds = opened.info.metadata["tokenizer.ggml.token_type"]
    assert stop
    assert all(kinds[i] == 3 for i in stop)


def test_another_kind_of_vocabulary_falls_back_and_says_so(opened: anatomy.Anatomy) -> None:
    import dataclasses

    assert anatomy.readable(opened)[0] is opened
    strange = dataclasses.replace(opened.info, metadata={"tokenizer.ggml.model": "gpt2"})
    spoken, words = anatomy.readable(anatomy.Anatomy("qwen", strange))
    assert spoken.name == anatomy.SHIPPED
    assert "qwen" in words
    assert "gpt2" in words


def test_a_space_that_the_tokenizer_adds_is_taken_off_again() -> None:
    pieces = ["<unk>", "\u2581", "a", "\u2581a"]
    tokenizer = anatomy.Tokenizer(
        pieces, [0.0, -3.0, -2.0, -1.0], [2, 1, 1, 1], add_space_prefix=True
    )
    assert tokenizer.encode("a a") == [3, 3]
    assert tokenizer.decode([3, 3]) == "a a"


def test_the_engine_and_the_loop_write_the_same(
    server: object, model: anatomy.Gemma3, opened: anatomy.Anatomy, tokenizer: anatomy.Tokenizer
) -> None:
    """What notebook 01 promises: greedy, the same tokens by hand and through the engine."""
    import ollama

    question = "What is the capital of France?"
    ids = tokenizer.encode(anatomy.render(opened.info.metadata, question), special=True)
    by_hand: list[int] = []
    while len(by_hand) < 40:
        token = anatomy.choose(model.logits(ids + by_hand), 0)
        if token in anatomy.stop_tokens(opened.info.metadata):
            break
        by_hand.append(token)
    reply = ollama.Client(server.url).chat(  # type: ignore[attr-defined]
        model=anatomy.SHIPPED,
        messages=[{"role": "user", "content": question}],
        options={"temperature": 0, "num_predict": 40},
    )
    assert tokenizer.encode(reply.message.content or "") == by_hand


@pytest.mark.parametrize("temperatures", [(0.5, 1.0, 2.0)])
def test_pictures_are_drawn_from_the_open_file(
    opened: anatomy.Anatomy, temperatures: tuple[float, ...]
) -> None:
    words = " ".join(t.get_text() for t in anatomy.flow(opened).axes[0].texts)
    assert f"{opened.info.of_architecture('block_count')} of them" in words
    fig = anatomy.temperatures([3.0, 2.0, 1.0, 0.0], ["a", "b", "c"], temperatures)
    widths = [ax.patches[0].get_width() for ax in fig.axes]
    assert widths == sorted(widths, reverse=True)
