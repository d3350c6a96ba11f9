"""Training: the network is Gemma 3, growing changes nothing, runs repeat and continue exactly."""

import json
from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the torch extra is not installed")
pytest.importorskip("sentencepiece", reason="the torch extra is not installed")

from models.aprendiz.batches import Rows  # noqa: E402
from models.aprendiz.export import config, export  # noqa: E402
from models.aprendiz.growth import grow  # noqa: E402
from models.aprendiz.net import Gemma, Shape  # noqa: E402
from models.aprendiz.stages import STAGES  # noqa: E402
from models.aprendiz.state import Run  # noqa: E402
from models.aprendiz.train import Clock, Trainer, replayed  # noqa: E402

TINY = Shape(layers=7, inter=256, hidden=256, heads=4, head_dim=64)
SMALL = replace(
    STAGES["quick"], shape=Shape(layers=1, inter=256), length=48, rows=2, steps=20, decay_from=10,
    warmup=4, block=4,
)  # fmt: skip


def randomized(shape, length=40):
    torch.manual_seed(0)
    model = Gemma(shape, length)
    for p in model.parameters():
        if p.ndim == 1:  # norms start at zero, which would hide a missing "1 +"
            torch.nn.init.normal_(p, 0, 0.3)
    return model


def test_the_network_is_the_gemma_3_of_transformers(tmp_path):
    transformers = pytest.importorskip("transformers", reason="the torch extra is not installed")
    from safetensors.numpy import save_file

    model = randomized(TINY)  # seven layers: local ones before and after a global one
    weights = {k: v.detach().numpy() for k, v in model.state_dict().items()}
    save_file(weights, tmp_path / "model.safetensors", metadata={"format": "pt"})
    (tmp_path / "config.json").write_text(json.dumps(config(weights)), encoding="utf-8")
    theirs = transformers.AutoModelForCausalLM.from_pretrained(tmp_path, dtype=torch.float32)
    ids = torch.randint(6, 4096, (2, 40))
    with torch.no_grad():
        difference = (model.logits(ids) - theirs(ids).logits).abs().max()
    assert float(difference) < 2e-4


def test_a_grown_model_computes_the_same():
    small, large = randomized(Shape(layers=3, inter=512)), randomized(Shape(layers=6, inter=768))
    ids = torch.randint(6, 4096, (1, 30))
    before = small.logits(ids)
    grow(large, small.state_dict())
    # Layer 5 is global and the others are local: the copies add nothing, so it does not show.
    assert torch.allclose(large.logits(ids), before, atol=2e-4)
    assert sum(p.numel() for p in large.parameters()) == 5_577_728


def test_rows_are_full_and_weigh_what_the_user_says_less():
    rows = Rows("stage2", 64, 0.1)
    ids, weights = rows.block("x-0", 40, letter_weight=8.0)
    assert ids.shape == weights.shape == (40, 65)
    assert set(np.unique(weights)) == {0.0, np.float32(0.1), 1.0, 8.0}
    assert (ids[weights == 0.0] == 2).all()  # <bos> is never a target
    assert rows.sp.decode(ids.ravel().tolist()).count("<start_of_turn>user") > 5
    again, _ = rows.block("x-0", 40)
    other, _ = rows.block("x-1", 40)
    assert (again == ids).all() and not (other == ids).all()


def losses(folder):
    lines = (folder / "train_log.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["loss"] for line in lines if "loss" in line]


def trained(folder, stage=SMALL, stop_at=None, **more):
    torch.manual_seed(99)  # training must not depend on what ran before
    trainer = Trainer(stage, Run(folder), torch.float32, **more)
    steps = []
    while not trainer.done and trainer.step != stop_at:
        steps.append(trainer.train_step())
    trainer.run.save(trainer.model, trainer.optimizers, trainer.step)
    return steps


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_two_runs_have_identical_losses(tmp_path):
    first, second = trained(tmp_path / "a"), trained(tmp_path / "b")
    assert len(first) == 20 and first == second
    assert first[-1] < first[0] - 0.5


def test_a_run_that_was_stopped_continues_exactly(tmp_path):
    whole = trained(tmp_path / "whole")
    parts = trained(tmp_path / "parts", stop_at=7) + trained(tmp_path / "parts")
    assert parts == whole


def test_a_later_stage_starts_from_an_earlier_ones_weights(tmp_path):
    trained(tmp_path / "first", stop_at=6)
    run = Run(tmp_path / "second")
    run.start_from(Run(tmp_path / "first"))
    trainer = Trainer(replace(SMALL, name="next"), run, torch.float32)
    assert trainer.step == 0
    saved = torch.load(tmp_path / "first" / "checkpoint.pt", weights_only=True)["m"]
    for name, value in trainer.model.state_dict().items():
        assert torch.equal(value, saved[name])


def test_a_log_replays_its_schedule(tmp_path):
    stage = replace(SMALL, steps=1000)
    trainer = Trainer(stage, Run(tmp_path / "a"), torch.float32, clock=Clock(0.2))
    trainer.train()
    entries = (tmp_path / "a" / "train_log.jsonl").read_text(encoding="utf-8").splitlines()
    steps = json.loads(entries[-1])["step"]
    rates = replayed(tmp_path / "a" / "train_log.jsonl", stage)
    assert sorted(rates) == list(range(steps))
    again = Trainer(stage, Run(tmp_path / "b"), torch.float32, rates=rates)
    again.train()
    assert again.step == steps
    assert losses(tmp_path / "b") == losses(tmp_path / "a")


def test_a_log_of_several_stages_replays_the_one_that_is_asked_for(tmp_path):
    log = tmp_path / "train_log.jsonl"
    lines = []
    for name, rate in (("stage2", 0.005), ("stage3", 0.0025)):
        lines += [{"stage": {"name": name}}, {"step": 3, "lr": rate}]
    log.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert replayed(log, STAGES["stage3"]) == {0: 0.5, 1: 0.5, 2: 0.5}


def test_export_writes_files_of_the_same_numbers(tmp_path):
    gguf = pytest.importorskip("gguf")
    trained(tmp_path / "run", stop_at=2)
    export(tmp_path / "run", tmp_path / "out", ("F32", "F16", "Q8_0"))
    found = {}
    for kind in ("F32", "F16", "Q8_0"):
        reader = gguf.GGUFReader(tmp_path / "out" / f"aprendiz-{kind}.gguf")
        found[kind] = {
            t.name: gguf.quants.dequantize(t.data, t.tensor_type) for t in reader.tensors
        }
        assert reader.fields["general.architecture"].contents() == "gemma3"
    for name, value in found["F32"].items():
        assert np.array_equal(value, found["F16"][name])
        assert np.abs(value - found["Q8_0"][name]).max() <= np.abs(value).max() / 200
    assert "output.weight" not in found["F32"]  # tied to token_embd.weight
