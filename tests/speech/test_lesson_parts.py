"""What the lessons show: the insides of a voice, pictures, other engines, uploads, records."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import numpy as np
import pytest

from selfhost import KitError, speech
from selfhost.speech import inside, pictures, record, roundtrip, voices, whispers
from selfhost.speech.loop import Stage
from tests.speech.conftest import tone, wav_bytes

pytest.importorskip("whisper")
pytest.importorskip("TTS")
pytest.importorskip("matplotlib")

pytestmark = pytest.mark.speech
TEXT = "What is the capital of France?"


@pytest.fixture(scope="module")
def steps():
    return inside.spoken(TEXT, "en")


def test_the_letters_get_their_time(steps):
    assert "".join(c for c in steps.letters if len(c) == 1) == TEXT.lower()
    assert steps.letters[0] == "start" and steps.letters[-1] == "end"
    assert sum(steps.frames) == steps.mel.shape[1] == steps.alignment.shape[1]
    assert steps.mel.shape[0] == 80 and len(steps.pitch) == len(steps.letters)
    # Monotonic: no letter is said before the one in front of it.
    firsts = [int(row.argmax()) for row in steps.alignment if row.any()]
    assert firsts == sorted(firsts)


def test_more_rounds_fit_the_picture_better(steps):
    def misfit(rounds):
        found = inside.mel_of(inside.vocode(steps.mel, rounds=rounds))
        width = min(found.shape[1], steps.mel.shape[1])
        return float(np.abs(found[:, :width] - steps.mel[:, :width]).mean())

    assert misfit(30) < misfit(0)


def test_only_one_sentence_fits_inside():
    with pytest.raises(KitError, match="One short sentence"):
        inside.spoken("One. Two.", "en")


def test_pictures_can_be_drawn(steps):
    sound = speech.recordings("es")[0].sound
    figures = [
        pictures.waveform(sound, "a", zoom=(0.5, 0.54)),
        pictures.waveform(sound, "a"),
        pictures.spectrogram({"a": sound, "b 你": sound}),
        pictures.whisper_view(sound, "a"),
        pictures.mel_scale(),
        pictures.languages({"a": {"en": 0.9, "es": 0.1}, "b": {"en": 0.2, "es": 0.8}}),
        pictures.error_rates({"en": {"x": 0.1}, "es": {"x": 0.2, "y": 1.3}}, "a"),
        pictures.alignment(steps, "a"),
        pictures.mels({"a": steps.mel, "b": steps.mel[:, :40]}, steps.step),
        pictures.gantt([Stage("q", "hear", 0, 1.0), Stage("q", "say", 1.0, 0.01)], "a"),
    ]
    import io

    for figure in figures:
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=40)
        assert buffer.tell() > 2000


def test_whispers_picture_is_whispers():
    import whisper

    clip = speech.recordings("es")[0]
    own = whisper.log_mel_spectrogram(whisper.pad_or_trim(clip.sound.samples))
    assert np.array_equal(pictures.log_mel(clip.sound), own.numpy())
    assert pictures.log_mel(clip.sound).shape == (80, 3000)


def test_a_tone_is_one_line_in_the_spectrogram():
    sound = speech.Sound(tone(1.0, 16000, 1000.0).astype(np.float32))
    level = pictures.decibels(sound)
    loudest = level.argmax(axis=0) * 16000 / 2 / (len(level) - 1)
    assert np.abs(loudest[2:-3] - 1000).max() < 45
    assert level.max() == 0


def test_the_same_weights_through_ctranslate2(tmp_path, monkeypatch):
    pytest.importorskip("faster_whisper")
    import tokenizers
    from whisper.tokenizer import get_tokenizer

    from selfhost.speech import ctranslate

    monkeypatch.setenv("SELFHOST_MODELS", str(tmp_path))
    clips = speech.recordings("en", "new voices")[:2] + speech.recordings("es", "new voices")[:2]
    ours = [speech.transcribe(c.path, c.language, temperature=0.0).text for c in clips]
    theirs = [ctranslate.transcribe(c.path, c.language) for c in clips]
    # The kernels round otherwise, so a near tie may fall the other way on some processor.
    assert sum(a == b for a, b in zip(ours, theirs, strict=True)) >= 3, (ours, theirs)
    folder = ctranslate.converted(ctranslate.checkpoint())
    made = folder.stat().st_mtime_ns
    assert ctranslate.converted(ctranslate.checkpoint()).stat().st_mtime_ns == made  # made once
    reader, own = (
        tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json")),
        get_tokenizer(True),
    )
    for text in ("Hello, how are you?", " ¿Qué tal, señor? 12.345 €", "你好 мир 😀", " \n\n x"):
        assert reader.encode(text, add_special_tokens=False).ids == own.encode(text)
        assert reader.decode(own.encode(text)) == text


def test_a_round_trip_counts_every_sentence(monkeypatch):
    monkeypatch.setattr(roundtrip, "speak", lambda text, *_, **__: speech.Sound(
        np.zeros(16000, np.float32), text=text))  # fmt: skip
    heard = iter(["The number is 5.", ""])
    monkeypatch.setattr(roundtrip, "transcribe", lambda *_, **__: speech.Transcript(
        next(heard), "en", (), 1.0, 0.1, "x"))  # fmt: skip
    trips = roundtrip.round_trip("voz", "en", ["The number is 5.", "Who are you?"])
    assert roundtrip.rates(trips) == {"English": {"voz": 3 / 7}}
    assert len(roundtrip.sentences("es", 6)) == 6


def test_coquis_catalogue_by_licence():
    rows = {row.licence: row for row in voices.by_licence()}
    assert sum(row.voices for row in rows.values()) > 50
    assert rows["cpml"].commercial.startswith("no") and rows["apache 2.0"].commercial == "yes"
    spanish = {name for name, *_ in voices.in_language("es")}
    assert "tts_models/es/mai/tacotron2-DDC" in spanish
    assert all("/es/" in name or "/multilingual/" in name for name in spanish)


def test_sizes_are_whispers_own_names():
    import whisper

    for size in whispers.SIZES:
        assert whisper._MODELS[size.name].endswith(size.file)


def test_an_upload_becomes_a_sound_or_a_sentence():
    from selfhost.speech.recorder import LARGEST, Recorder

    recorder = Recorder()
    assert "no recording" in recorder.text() and recorder.sound is None
    recorder.give("me.wav", wav_bytes(tone(0.5, 48000), 48000))
    assert recorder.sound is not None
    assert recorder.sound.rate == 16000 and recorder.sound.seconds == pytest.approx(0.5, abs=0.01)
    assert "me.wav" in recorder.text()
    content = wav_bytes(tone(0.3, 8000), 8000)
    recorder.button.value = ({"name": "two <b>.wav", "type": "", "size": 1, "content": content,
                              "last_modified": datetime.now(UTC)},)  # fmt: skip
    assert recorder.sound.seconds == pytest.approx(0.3, abs=0.01)
    assert "<b>" not in recorder.said.value
    recorder.give("bad.wav", b"")
    assert recorder.sound is None and "bad.wav is empty" in recorder.said.value
    recorder.give("big.wav", b"x" * (LARGEST + 1))
    assert "too large" in recorder.said.value


def test_records_lie_side_by_side(tmp_path, monkeypatch):
    monkeypatch.setenv("SELFHOST_ROOT", str(tmp_path))
    assert "build/speech.json" in record.record("one", {"rate": 0.1})
    record.record("two", {"rate": 0.2})
    record.record("one", {"rate": 0.3})
    held = json.loads((tmp_path / "build" / "speech.json").read_text(encoding="utf-8"))
    assert held["one"]["rate"] == 0.3 and held["two"]["rate"] == 0.2
    assert held["one"]["measured"].startswith("20")
    (tmp_path / "build" / "speech.json").write_text("broken", encoding="utf-8")
    record.record("three", {"rate": 1})
    assert list(json.loads(record.result_file().read_text(encoding="utf-8"))) == ["three"]
    monkeypatch.setenv("SELFHOST_ROOT", str(tmp_path / "no folder"))
    assert "was not stored" in record.record("one", {})
