"""The voices: texts, alignment, sound pictures, Coqui's configuration."""

import random
import re

import pytest

from models.voz import settings
from models.voz.texts import clean, sentences, spanish_word


@pytest.mark.parametrize("language", settings.LANGUAGES)
def test_sentences_use_only_the_alphabet(language):
    known = set(settings.CHARACTERS[language] + settings.PUNCTUATION[language])
    texts = sentences(language, 400, 1)
    assert len(set(texts)) == 400
    assert texts == sentences(language, 400, 1) != sentences(language, 400, 2)
    for text in texts:
        assert set(text) <= known, text
        assert text[-1] in ".?!" and text == " ".join(text.split())
    used = set("".join(texts))
    assert known - used <= set("¡!'"), known - used


def test_cleaning():
    assert clean("Twenty-one  CATS; ok?", "en") == "twenty one cats ok?"
    assert clean("¿Qué ñandú?", "es") == "¿qué ñandú?"


def test_spanish_words_are_spelled_as_spanish():
    rng = random.Random(2)
    for _ in range(2000):
        word = spanish_word(rng)
        assert re.fullmatch("[a-zñáéíóúü]{2,}", word)
        assert len(re.findall("[áéíóú]", word)) <= 1, word
        assert not re.search("ü(?![eiéí])", word), word
        assert not word.startswith("rr"), word


def test_evaluation_sentences_are_new():
    pytest.importorskip("jiwer")
    pytest.importorskip("whisper")
    from models.oido.grammar import held_out
    from models.voz.evaluate import texts

    for language in settings.LANGUAGES:
        rows = texts(language, 10)
        drawn = [sentence for group, sentence in rows if group == "grammar"]
        assert len(drawn) == 10 and all(held_out(sentence.written) for sentence in drawn)
        assert rows[:5] == texts(language, 5)[:5]
        assert len({sentence.written for _, sentence in rows}) == len(rows) == 18


def test_what_is_heard_is_held_against_numbers_in_digits():
    pytest.importorskip("jiwer")
    pytest.importorskip("whisper")
    from models.voz.evaluate import Trial, summary

    spoken = "Hay setenta y cuatro libros."
    trials = [
        Trial(
            "grammar", "Hay 74 libros.", spoken, "Hay 74 libros.", "Hay 64 libros.", 2.0, 0.5, 0.4
        )
    ]
    scores = summary(trials, "es")
    assert scores["grammar"]["word_error_rate"] == {"voice": 0.0, "teacher": 0.3333}
    assert (scores["real_time_factor"], scores["processor_time_factor"]) == (0.25, 0.2)
    alone = [Trial("free", "Uno.", "Uno.", "Dos.", None, 1.0, 1.0, 1.0)]
    assert summary(alone, "es")["free"]["word_error_rate"] == {"voice": 1.0}


def test_vocabulary_has_no_doubles():
    for language in settings.LANGUAGES:
        names = settings.vocabulary(language)
        assert len(set(names)) == len(names)
        assert settings.coqui_config(language)["num_chars"] == len(names)


def _batch():
    torch = pytest.importorskip("torch")
    pytest.importorskip("librosa")
    from models.voz.dataset import Batch

    torch.manual_seed(1)
    counts, frames = torch.tensor([4, 3]), torch.tensor([20, 12])
    mel = torch.zeros(2, 20, settings.MELS)
    for row, (characters, length) in enumerate(zip(counts, frames, strict=True)):
        for t in range(int(length)):
            mel[row, t] = int(t * characters / length)
    characters = torch.tensor([[4, 5, 6, 7], [4, 6, 7, 0]])
    pitch = torch.zeros(2, 20)
    return Batch(torch.arange(2), characters, counts, mel, frames, pitch)


@pytest.mark.speech
def test_durations_add_up_and_follow_the_scores():
    batch = _batch()
    import torch

    from models.voz.align import durations

    scores = torch.full((2, 20, 4), -5.0)
    for row in range(2):
        for t in range(int(batch.frames[row])):
            scores[row, t, int(batch.mel[row, t, 0])] = 5.0
    found = durations(scores, batch)
    assert found.sum(1).tolist() == batch.frames.tolist()
    assert found[0].tolist() == [5, 5, 5, 5]
    assert found[1].tolist() == [4, 4, 4, 0]


@pytest.mark.speech
def test_the_aligner_learns():
    batch = _batch()
    import torch

    from models.voz.align import Aligner, alignment_loss

    net = Aligner(8)
    optimizer = torch.optim.AdamW(net.parameters(), 3e-3)
    values = []
    for _ in range(30):
        loss = alignment_loss(net(batch), batch, 0.5)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        values.append(float(loss.detach()))
    assert values[-1] < values[0]


@pytest.mark.speech
def test_pitch_of_a_tone():
    torch = pytest.importorskip("torch")
    pytest.importorskip("librosa")
    from models.voz.pictures import Pictures

    time = torch.arange(16000) / settings.RATE
    tone = sum(torch.sin(2 * torch.pi * 120 * k * time) / k for k in (1, 2, 3))
    pictures = Pictures()
    mel = pictures.mel(tone * 0.3)
    pitch = pictures.pitch(tone * 0.3, len(mel))
    middle = pitch[10:-10]
    assert float((middle - 120).abs().max()) < 2
    assert float(pictures.pitch(torch.zeros(16000), 81).max()) == 0


@pytest.mark.speech
@pytest.mark.slow
def test_coqui_computes_the_same_picture_and_alphabet():
    pytest.importorskip("TTS.api")
    import numpy as np
    import torch

    from models.voz.network import build
    from models.voz.pictures import Pictures

    for language in settings.LANGUAGES:
        net = build(language)
        assert net.tokenizer.characters.vocab == settings.vocabulary(language)
        sound = np.random.default_rng(1).normal(0, 0.1, 8000).astype(np.float32)
        ours = Pictures().mel(torch.from_numpy(sound)).numpy()
        theirs = net.ap.melspectrogram(sound).T
        assert np.abs(ours - theirs).max() < 2e-3


@pytest.mark.speech
@pytest.mark.slow
@pytest.mark.parametrize("language", settings.LANGUAGES)
def test_the_shipped_voice_speaks_through_coqui(language):
    pytest.importorskip("TTS.api")
    pytest.importorskip("whisper")
    import numpy as np

    from models.voz.evaluate import COQUI_SILENCE, load_voice
    from models.voz.texts import HERE

    voice = load_voice(HERE, language)
    short, long = (np.asarray(voice.tts(text)) for text in ("Madrid.", "Madrid, Roma, Berlin."))
    assert voice.synthesizer.output_sample_rate == settings.RATE
    assert 0.9 < len(short) / settings.RATE < len(long) / settings.RATE < 5
    assert len(long) - len(np.trim_zeros(long, "b")) >= COQUI_SILENCE
    loud = np.abs(long).max()
    assert np.isfinite(long).all() and 0.05 < loud <= 1.5


@pytest.mark.speech
def test_the_shipped_settings_are_those_of_the_code():
    pytest.importorskip("TTS.api")
    from models.voz.verify import check_data, check_settings

    assert check_settings().endswith("parameters in each voice")
    assert check_data().startswith("4000 sentences each")
