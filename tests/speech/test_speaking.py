"""Speaking: the shipped voices, espeak-ng and flite, and texts of every kind."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("TTS")
pytest.importorskip("soundfile")

from selfhost import KitError, speech
from selfhost.speech import baseline, coqui, others

pytestmark = pytest.mark.speech
TEXTS = {"en": "What is the capital of France?", "es": "¿Cuál es la capital de Francia?"}


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_shipped_voice_speaks_and_is_understood(language):
    """A mild judge, for oido learned from the same synthesizers; the card has the figures."""
    pytest.importorskip("whisper")
    sound = speech.speak(TEXTS[language], language)
    assert sound.rate == 16000 and 1 < sound.seconds < 5
    assert -45 < sound.loudness < -6 and sound.peak <= 1
    heard = speech.transcribe(sound, language).text
    assert speech.wer(TEXTS[language], heard, language) < 0.7, heard


def test_the_same_seed_gives_the_same_samples():
    first = speech.speak("Hola.", "es")
    assert np.array_equal(first.samples, speech.speak("Hola.", "es").samples)
    assert not np.array_equal(first.samples, speech.speak("Hola.", "es", seed=1).samples)


def test_the_samples_are_those_of_the_bare_library():
    synthesizer = coqui.load(coqui.files("voz", "en"))
    ours = speech.speak(TEXTS["en"], "en", seed=3)
    np.random.seed(3)
    bare = np.asarray(synthesizer.tts(TEXTS["en"], split_sentences=False), np.float32)
    bare = bare[: -coqui.PAUSE]
    loud = min(1.0, 0.95 / float(np.abs(bare).max()))
    assert np.allclose(ours.samples, bare * loud, atol=1e-6)


def test_the_generator_of_others_is_left_alone():
    np.random.seed(5)
    wanted = np.random.rand(3)
    np.random.seed(5)
    speech.speak("Hola.", "es")
    assert np.array_equal(np.random.rand(3), wanted)


def test_speed():
    slow, normal, fast = (
        speech.speak(TEXTS["en"], "en", speed=each).seconds for each in (0.7, 1.0, 1.4)
    )
    assert slow > normal * 1.25 and fast < normal * 0.85
    assert speech.speak(TEXTS["en"], "en").seconds == pytest.approx(normal)
    with pytest.raises(KitError, match="outside"):
        speech.speak("Hello.", speed=9)


@pytest.mark.parametrize("text", ["Sí", "a", "No.", "7", "¿", "👍 bien", "EN MAYÚSCULAS"])
def test_short_and_odd_texts(text):
    if text == "¿":
        with pytest.raises(KitError, match="nothing to say"):
            speech.speak(text, "es")
        return
    assert speech.speak(text, "es").seconds > 0.1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        (" \n", "empty"),
        ("😀", "no letters"),
        ("привет", "Cyrillic"),
        ("你好", "Cjk"),
    ],
)
def test_nothing_to_say(text, words):
    for language in ("en", "es"):
        with pytest.raises(KitError, match=words) as said:
            speech.speak(text, language)
        assert "\n" not in str(said.value)


def test_emoji_are_left_out_and_told():
    sound = speech.speak("Hola 😀, amigos.", "es")
    assert "😀" in sound.notes[0] and "😀" in sound._repr_html_()


def test_20000_characters(monkeypatch):
    """Every piece is short; the network itself is asked for some of them only, to save time."""
    asked = []
    silence = np.zeros(160, np.float32)
    monkeypatch.setattr(coqui, "_piece", lambda _voice, piece, _l: asked.append(piece) or silence)
    told = []
    text = "El modelo responde. " * 1000
    sound = speech.speak(text, "es", progress=lambda *each: told.append(each))
    assert len(text) == 20_000 and len(asked) == 1000 and len(told) == 1000
    assert max(map(len, asked)) <= 201
    assert sound.seconds > 300
    assert told[-1][1] == pytest.approx(told[-1][2])


def test_unknown_voices_are_one_sentence(tmp_path):
    with pytest.raises(KitError, match="There is no voice 'nobody'"):
        speech.speak("Hi.", "en", "nobody")
    with pytest.raises(KitError, match="configuration is missing"):
        speech.speak("Hi.", "en", tmp_path / "none.pth")
    with pytest.raises(KitError, match="no voice of its own for 'fr'"):
        speech.speak("Bonjour.", "fr")


def test_espeak_ng():
    if baseline.program("espeak-ng") is None:
        pytest.skip("espeak-ng is not installed")
    sound = speech.speak("Hola, ¿qué tal?", "es", "espeak-ng")
    assert 0.5 < sound.seconds < 4 and sound.peak > 0.1
    assert speech.speak("Hola.", "es", "espeak-ng:es-419").voice == "espeak-ng es-419"
    fast = speech.speak("Hola, ¿qué tal?", "es", "espeak-ng", speed=1.6)
    assert fast.seconds < sound.seconds * 0.85
    with pytest.raises(KitError, match="no voice 'xx'"):
        speech.speak("Hola.", "es", "espeak-ng:xx")
    # A text is data, never an option or a command.
    assert speech.speak("--help; -w x.wav", "en", "espeak-ng").seconds > 0.3


def test_flite():
    if baseline.program("flite") is None:
        pytest.skip("flite is not installed")
    assert "slt" in baseline.flite_voices()
    sound = speech.speak("Good morning.", "en", "flite")
    assert 0.3 < sound.seconds < 4 and sound.voice == "flite slt"
    with pytest.raises(KitError, match="English only"):
        speech.speak("Hola.", "es", "flite")
    with pytest.raises(KitError, match="no voice 'bob'"):
        speech.speak("Hi.", "en", "flite:bob")
    with pytest.raises(KitError, match="plain English letters"):
        speech.speak("你好", "en", "flite")


def test_missing_programs_name_their_package(without):
    without("espeak-ng", "flite")
    with pytest.raises(KitError, match=r"espeak-ng is not installed.*espeak-ng"):
        speech.speak("Hello.", "en", "espeak-ng")
    with pytest.raises(KitError, match="flite"):
        speech.speak("Hello.", "en", "flite")
    assert speech.available("es") == ["voz"]
    assert [line.split()[0] for line in baseline.missing()] == ["espeak-ng", "flite"]


def test_voices_that_are_not_here_are_not_pretended(monkeypatch, tmp_path):
    monkeypatch.setenv("SELFHOST_KOKORO", str(tmp_path))
    for other in others.OTHERS:
        state = others.present(other)
        assert "missing" in state or "present" in state or state == "runs here"
    for voice in ("kokoro", "piper:none.onnx"):
        with pytest.raises(KitError):
            speech.speak("Hello.", "en", voice)


def test_kokoro_runs_through_its_package_when_files_are_there(monkeypatch, tmp_path):
    """kokoro-onnx 0.6.1 has: Kokoro(model, voices).create(text, voice, speed, lang)."""
    import sys
    from types import ModuleType

    calls = []

    class Kokoro:
        def __init__(self, model, voices):
            calls.append((model, voices))

        def create(self, text, voice, speed, lang):
            calls.append((text, voice, speed, lang))
            return np.ones(24000, np.float32) * 0.1, 24000

    module = ModuleType("kokoro_onnx")
    module.Kokoro = Kokoro
    monkeypatch.setitem(sys.modules, "kokoro_onnx", module)
    monkeypatch.setenv("SELFHOST_KOKORO", str(tmp_path))
    for name in ("kokoro-v1.0.onnx", "voices-v1.0.bin"):
        (tmp_path / name).write_bytes(b"x")
    sound = speech.speak("Hola.", "es", "kokoro")
    assert sound.voice == "Kokoro ef_dora" and sound.seconds == 1.0
    assert calls[1] == ("Hola.", "ef_dora", 1.0, "es")
