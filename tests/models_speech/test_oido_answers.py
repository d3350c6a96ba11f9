"""Answers as sentences, the vocoder's loss, and a vocabulary that grows."""

import random
import re

import numpy as np
import pytest

from models.oido.grammar import LANGUAGES, held_out

pytest.importorskip("scipy")

from models.oido import answers, vocoder


@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_can_be_spoken_and_are_held_out_or_not(language):
    rng = random.Random(5)
    drawn = [answers.answer_sentence(language, rng) for _ in range(600)]
    kept_back = [answers.answer_sentence(language, rng, test=True) for _ in range(30)]
    assert len({sentence.written for sentence in drawn}) > 300
    for sentence in drawn + kept_back:
        assert held_out(sentence.written) == (sentence in kept_back)
        assert not re.search(r"[\d+=*×(:]", sentence.spoken), sentence
        assert sentence.written[-1] in ".?!" and len(sentence.spoken) <= answers.MAX_CHARS
    bare = [s for s in drawn if re.fullmatch(r"\d+\.", s.written)]
    assert len(bare) > 20, "a sum is often answered by its number alone"


@pytest.mark.parametrize(
    ("text", "language", "written"),
    [
        ("(2+0=2) 12 + 30 = 42", "en", "2 plus 0 equals 2, 12 plus 30 equals 42."),
        ("9 x 2 - 1 = 17.", "es", "9 por 2 menos 1 igual a 17."),
        ("a fine-tuned model: yes!", "en", "A fine tuned model, yes!"),
        ("13", "en", "13."),
    ],
)
def test_signs_are_written_out(text, language, written):
    assert answers.written_out(text, language) == written


def test_the_vocoder_keeps_the_length_and_the_loud_band_but_not_the_samples():
    time = np.arange(16_000) / vocoder.RATE
    tone = (np.sin(2 * np.pi * 440 * time) * 8000).astype(np.float32)
    rng = random.Random(3)
    made = [vocoder.vocoded(tone, rng) for _ in range(20)]
    changed = [sound for sound in made if sound is not tone]
    assert 0 < len(changed) < 20
    for sound in changed:
        assert len(sound) == len(tone) and sound.dtype == np.float32
        assert abs(np.abs(np.fft.rfft(sound)).argmax() - 440) < 40
        assert not np.allclose(sound, tone, atol=100)
    again = [vocoder.vocoded(tone, r) for r in [random.Random(3)] for _ in range(20)]
    assert all(np.array_equal(one, other) for one, other in zip(made, again, strict=True))


def test_a_saved_state_grows_with_the_vocabulary():
    torch = pytest.importorskip("torch")
    pytest.importorskip("safetensors")
    from models.oido.start import TABLE, grown

    old, new = torch.arange(6.0).view(3, 2), torch.full((4, 2), -1.0)
    moments = {"exp_avg": old.clone(), "step": torch.tensor(5.0)}
    saved = {
        "net": {f"whisper.{TABLE}": old.clone()},
        "optimizer": [{"state": {0: moments}}],
        "ids": [10, 20, 30],
    }
    state = grown(saved, [10, 15, 20, 30], new)
    assert state["ids"] == [10, 15, 20, 30]
    assert state["net"][f"whisper.{TABLE}"].tolist() == [[0, 1], [-1, -1], [2, 3], [4, 5]]
    assert moments["exp_avg"].tolist() == [[0, 1], [0, 0], [2, 3], [4, 5]]
    assert moments["step"] == 5
