"""The training network computes what the ordinary Whisper package computes."""

import random

import numpy as np
import pytest

torch = pytest.importorskip("torch")
whisper = pytest.importorskip("whisper")
pytest.importorskip("safetensors")

from models.oido import export, features  # noqa: E402
from models.oido.corpus import Utterance  # noqa: E402
from models.oido.net import FRAMES, Layout, TrainingNet, dimensions  # noqa: E402
from models.oido.tokens import FULL_VOCABULARY, CompactTokens, ctc_targets  # noqa: E402
from models.oido.windows import IGNORE, Planner, assemble  # noqa: E402

pytestmark = pytest.mark.speech


@pytest.fixture(scope="module")
def tokens():
    return CompactTokens()


@pytest.fixture(scope="module")
def net(tokens):
    torch.manual_seed(1)
    return TrainingNet(dimensions(32, 2, 2, 1, tokens.size)).eval()


def _state(net, tokens):
    return {"net": net.state_dict(), "sizes": vars(net.whisper.dims), "ids": tokens.ids}


def test_log_mel_is_whispers():
    sound = torch.randn(2, 16000) * 0.1
    ours = features.LogMel()(sound)
    theirs = torch.stack([whisper.log_mel_spectrogram(row) for row in sound])
    assert torch.allclose(ours, theirs, atol=1e-5)


def test_encoder_and_decoder_agree_with_whisper(net):
    mel = torch.randn(1, 80, 2 * FRAMES)
    inputs = torch.tensor([[5, 6, 7, 8]])
    with torch.no_grad():
        layout = Layout.plain(FRAMES)
        states = net.encode(mel, layout)
        theirs = net.whisper.encoder(mel)
        assert torch.allclose(states, theirs, atol=1e-4)
        hidden = net.decode(inputs, states, layout)
        logits = hidden @ net.whisper.decoder.token_embedding.weight.T
        assert torch.allclose(logits, net.whisper.decoder(inputs, theirs), atol=1e-3)


def test_a_tail_stands_for_thirty_seconds_of_silence(net):
    frames, tail = 160, 32
    mel = torch.full((1, 80, 2 * FRAMES), -0.5)
    mel[:, :, :200] = torch.randn(1, 80, 200)
    with torch.no_grad():
        whole = net.encode(mel, Layout.plain(FRAMES))[:, :100]
        short = net.encode(mel[:, :, : 2 * frames], Layout.with_tail(frames, tail))[:, :100]
        cut = net.encode(mel[:, :, : 2 * frames], Layout.plain(frames))[:, :100]
    near, far = (float((part - whole).abs().mean()) for part in (short, cut))
    assert near < 0.3 * far


def test_exported_checkpoint_loads_and_keeps_the_numbers(net, tokens, tmp_path):
    path = tmp_path / "tiny.pt"
    export.write_deflated(export.checkpoint(_state(net, tokens)), path)
    model = whisper.load_model(str(path), device="cpu")
    table = model.decoder.token_embedding.weight
    assert model.dims.n_vocab == FULL_VOCABULARY == len(table)
    ours = net.whisper.decoder.token_embedding.weight.half().float()
    assert torch.equal(table[torch.tensor(tokens.ids)].float(), ours)
    sums = [float(values.detach().abs().sum()) for values in (table, ours)]
    assert sums[0] == pytest.approx(sums[1], rel=1e-3)


def test_safetensors_copy_names_its_vocabulary(net, tokens, tmp_path):
    from safetensors.torch import load_file

    export.write_safetensors(_state(net, tokens), tmp_path / "tiny.safetensors")
    values = load_file(tmp_path / "tiny.safetensors")
    assert values["vocabulary_ids"].tolist() == tokens.ids
    assert values[export.TABLE].shape[0] == len(tokens.ids)


def test_training_can_begin_with_exported_weights(net, tokens, tmp_path):
    from models.oido.start import take_up

    path = tmp_path / "tiny.safetensors"
    export.write_safetensors(_state(net, tokens), path)
    torch.manual_seed(2)
    other = TrainingNet(dimensions(32, 2, 2, 1, tokens.size))
    assert take_up(other, tokens.ids, path) == 0
    for name, value in net.whisper.state_dict().items():
        assert torch.equal(other.whisper.state_dict()[name], value.half().float()), name
    wider = TrainingNet(dimensions(32, 2, 2, 1, tokens.size + 1))
    assert take_up(wider, [50_000, *tokens.ids], path) == 1
    row = wider.whisper.decoder.token_embedding.weight[1]
    assert torch.equal(row, net.whisper.decoder.token_embedding.weight[0].half().float())


def test_no_token_is_one_that_whisper_suppresses(tokens):
    assert not set(tokens.ids) & set(tokens.tokenizer.non_speech_tokens)


def test_tokens_are_read_back(tokens):
    for text in ("What is 24 plus 37?", "¿Cuál es la capital de España?"):
        rows = tokens.text(text)
        ids = [tokens.ids[row] for row in rows]
        assert tokens.tokenizer.decode(ids) == " " + text


def test_ctc_targets_know_accents():
    assert len(ctc_targets("¿Qué es?")) == len("qué es")


def test_windows_have_targets_for_what_they_contain(tokens):
    facts = [Utterance(16000, name, text, text, "espeak:x") for name, text in
             (("en", "Hello Anna, how are you?"), ("es", "Hola, me llamo Ana."))]  # fmt: skip
    planner = Planner(tokens, "1")
    planner.add(0, facts)
    audio = np.full(32000, 1000, np.int16)
    windows = [planner.window(4.0, 0.5) for _ in range(200)]
    batch = assemble(windows, audio, 64000, tokens.eot)
    assert batch.sound.shape == (200, 64000)
    for row, window in enumerate(windows):
        assert len(window.inputs) == len(window.targets)
        spoken = bool(window.pieces)
        assert bool(np.abs(batch.sound[row]).max()) == spoken
        assert (tokens.no_speech in window.targets) != spoken
        assert window.targets[-1] == tokens.eot
        if spoken:
            assert window.inputs.count(tokens.eot) == 0
        known = [t for t in window.targets if t != IGNORE]
        assert all(0 <= t < tokens.size for t in known)


def test_losses_are_finite_and_have_gradients(net, tokens):
    random.seed(1)
    states = net.encode(torch.randn(2, 80, 300), Layout.plain(150))
    inputs = torch.randint(0, 50, (2, 6))
    targets = torch.randint(0, 50, (2, 6))
    hidden = net.decode(inputs, states, Layout.plain(150))
    loss, right = net.token_loss(hidden, targets)
    lengths = torch.tensor([3, 4])
    character = net.character_loss(states, torch.randint(1, 20, (7,)), lengths)
    (loss + character).backward()
    assert torch.isfinite(loss) and torch.isfinite(character) and 0 <= float(right) <= 1
    assert all(value.grad is not None for value in net.ctc.parameters())
