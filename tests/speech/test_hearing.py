"""Transcribing: the shipped model, the bare library beside it, long files, wrong input."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("whisper")
pytest.importorskip("soundfile")

from selfhost import KitError, speech
from selfhost.speech import hearing, pauses, reading
from selfhost.speech.progress import Estimate
from selfhost.speech.sound import Sound
from tests.speech.conftest import tone, wav_bytes
from tests.speech.test_reading import ten_hours

pytestmark = pytest.mark.speech


@pytest.fixture(scope="module")
def clips():
    return speech.recordings("en", "new voices")[:3] + speech.recordings("es", "new voices")[:3]


def test_the_shipped_recordings_are_heard(clips):
    """Not a test of the model's quality, which its card reports: most of it must be right."""
    said, heard = [], []
    for clip in clips:
        found = speech.transcribe(clip.path)
        assert found.language == clip.language
        assert found.seconds == pytest.approx(clip.sound.seconds)
        assert found.compute_seconds > 0 and found.model == "oido"
        said.append(clip.text)
        heard.append(found.text)
    assert speech.wer(said, heard, "es") < 0.5


def test_the_text_is_that_of_the_bare_library(clips):
    model = hearing.ear().model
    for clip in clips[:2]:
        ours = speech.transcribe(clip.path, clip.language)
        bare = model.transcribe(clip.sound.samples, language=clip.language, fp16=False)
        assert ours.text == str(bare["text"]).strip()
        assert [s.start for s in ours.segments] == [round(s["start"], 2) for s in bare["segments"]]


def test_a_path_a_sound_and_samples_give_the_same(clips):
    clip = clips[0]
    texts = {
        speech.transcribe(wav, "en").text
        for wav in (str(clip.path), clip.path, clip.sound, clip.sound.samples)
    }
    assert len(texts) == 1


def test_8_bit_and_96_khz_stereo(tmp_path, clips):
    clip = clips[3]
    fine = clip.sound.at(96000)
    stereo = tmp_path / "stereo.wav"
    stereo.write_bytes(wav_bytes(np.stack([fine.samples] * 2, axis=1), 96000))
    coarse = tmp_path / "coarse.wav"
    coarse.write_bytes(wav_bytes(clip.sound.samples * 4, 16000, 1))
    assert speech.wer(clip.text, speech.transcribe(stereo, "es").text, "es") < 0.5
    assert speech.transcribe(coarse, "es").text


def test_several_sentences_are_heard_one_by_one():
    clips = [each for each in speech.recordings("es", "new voices") if "f5" in each.voice]
    gap = np.zeros(16000, np.float32)
    parts = [part for clip in clips for part in (clip.sound.samples, gap)]
    joined = speech.transcribe(np.concatenate(parts), "es")
    assert speech.wer(" ".join(clip.text for clip in clips), joined.text, "es") < 0.35
    starts = [each.start for each in joined.segments]
    assert starts == sorted(starts) and starts[-1] > clips[0].sound.seconds + clips[1].sound.seconds
    assert joined.segments[-1].end <= joined.seconds + 0.01
    srt, vtt = joined.srt(), joined.vtt()
    assert srt.startswith("1\n00:00:0") and vtt.startswith("WEBVTT")
    assert joined.segments[0].text in srt and joined.segments[-1].text in vtt


def test_silence_and_noise_are_no_speech():
    for clip in speech.recordings(group="silence"):
        assert speech.transcribe(clip.path).text == ""
    for clip in speech.recordings(group="silence")[:1]:
        assert "(no speech)" in repr(speech.transcribe(clip.path))


def test_ten_hours_show_progress_and_can_be_stopped(tmp_path):
    path = tmp_path / "long.wav"
    ten_hours(path)
    told = []

    def stop(label, done, total):
        told.append((label, done, total))
        if len(told) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        speech.transcribe(path, "en", split=True, progress=stop)
    assert [total for *_, total in told] == [36000] * 3
    assert 300 < told[-1][1] < 460


def test_blocks_of_a_long_file_follow_each_other(monkeypatch, clips):
    """With short blocks, the model is given the same sentences, and their times are the same."""
    given = []

    def ask(_ear, samples, *_):
        given.append(len(samples) / 16000)
        begin = pauses.utterances(samples)[0][0] / 16000  # a model that hears where speech begins
        segment = {"start": begin, "end": given[-1], "text": f" {len(given)}", "avg_logprob": -0.1,
                   "temperature": 0.0, "no_speech_prob": 0.0}  # fmt: skip
        return {"text": "x", "language": "es", "segments": [segment]}

    monkeypatch.setattr(hearing, "_ask", ask)
    gap = np.zeros(16000 * 2, np.float32)
    joined = np.concatenate([p for clip in clips[3:] for p in (gap, clip.sound.samples)])
    whole = speech.transcribe(joined, "es", split=True)
    monkeypatch.setattr(hearing, "BLOCK", 7.0)
    parts = speech.transcribe(joined, "es", split=True)
    assert parts.seconds == pytest.approx(whole.seconds)
    assert len(given) == len(whole.segments) + len(parts.segments) >= 6
    starts, again = ([each.start for each in t.segments] for t in (whole, parts))
    assert again == pytest.approx(starts, abs=0.35)


@pytest.mark.parametrize(
    ("language", "code"),
    [("es", "es"), ("Spanish", "es"), (" ENGLISH ", "en"), ("castilian", "es"), ("español", "es"),
     (None, None)],
)  # fmt: skip
def test_languages(language, code):
    assert hearing.language_code(language) == code


def test_wrong_arguments_are_one_sentence(tmp_path, clips):
    path = clips[0].path
    with pytest.raises(KitError, match=r"did you mean 'spanish'"):
        speech.transcribe(path, "spanihs")
    with pytest.raises(KitError, match="Whisper has no option 'temprature'"):
        speech.transcribe(path, temprature=0)
    with pytest.raises(KitError, match="There is no checkpoint"):
        speech.transcribe(path, model=tmp_path / "none.pt")
    with pytest.raises(KitError, match="There is no speech model"):
        speech.transcribe(path, model="huge")
    with pytest.raises(KitError, match="There is no file"):
        speech.transcribe(tmp_path / "none.wav")
    with pytest.raises(KitError, match="must be one row of decimal numbers"):
        speech.transcribe(np.zeros((2, 16000)))
    with pytest.raises(KitError, match="its length is zero"):
        speech.transcribe(np.zeros(0, np.float32))


def test_options_reach_whisper(clips):
    found = speech.transcribe(clips[0].path, "en", temperature=0.0, beam_size=2)
    assert found.text
    words = speech.transcribe(clips[0].path, "en", word_timestamps=True)
    assert words.raw[0]["segments"][0]["words"]


def test_a_sound_of_another_rate_is_resampled():
    sound = Sound(tone(1.0, 44100).astype(np.float32), 44100)
    assert speech.transcribe(sound, "en").seconds == pytest.approx(1.0, abs=0.001)


def test_the_estimate(capsys):
    now = iter([0.0, 0.0, 60.0, 60.0, 600.0, 600.0, 600.0])
    bar = Estimate(now=lambda: next(now))
    assert bar.line("hearing", 0, 36000) == "hearing: 0:00 of 10:00:00 (0%)"
    assert bar.line("hearing", 3600, 36000).endswith("(10%), about 9:00 left")
    assert bar.line("hearing", 7200, 36000).endswith("about 4:00 left")
    assert Estimate().line("hearing", 30, None) == "hearing: 0:30 done"
    bar = Estimate()
    for done in range(101):
        bar("x", done, 100)
    assert len(capsys.readouterr().err.splitlines()) == 11  # one for each tenth


def test_without_the_package_the_sentence_names_it(monkeypatch):
    import builtins
    import sys

    from selfhost.speech.sound import package

    real = builtins.__import__
    monkeypatch.setitem(sys.modules, "soxr", None)
    with pytest.raises(KitError, match="soxr is needed for this") as said:
        package("soxr")
    assert "speech" in said.value.mend
    assert builtins.__import__ is real


def test_facts_tell_what_a_file_is():
    about = reading.facts(speech.recordings("en")[0].path)
    assert (about.rate, about.channels, about.format) == (16000, 1, "WAV PCM_16")
