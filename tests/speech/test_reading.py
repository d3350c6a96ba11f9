"""Sound files: what can be read, in how much memory, and what is said about the rest."""

from __future__ import annotations

import shutil
import struct
import subprocess
import tracemalloc

import numpy as np
import pytest

pytest.importorskip("soundfile")
pytest.importorskip("soxr")

from selfhost import KitError, speech
from selfhost.speech import pauses, reading
from selfhost.speech.sound import Sound
from tests.speech.conftest import CLIPS, tone, wav_bytes

pytestmark = pytest.mark.speech


def pitch(sound: Sound) -> float:
    """The loudest frequency in Hz."""
    spectrum = np.abs(np.fft.rfft(sound.samples))
    return float(np.fft.rfftfreq(len(sound.samples), 1 / sound.rate)[spectrum.argmax()])


@pytest.mark.parametrize(
    ("rate", "channels", "width"), [(16000, 1, 2), (8000, 1, 1), (96000, 2, 2), (22050, 1, 2),
                                    (44100, 6, 2)],
)  # fmt: skip
def test_any_rate_width_and_channels_become_16_khz_mono(tmp_path, without, rate, channels, width):
    without("ffmpeg", "ffprobe")  # WAV must not need it
    path = tmp_path / "a.wav"
    table = np.stack([tone(1.5, rate)] * channels, axis=1)
    path.write_bytes(wav_bytes(table, rate, width))
    about = speech.facts(path)
    assert (about.rate, about.channels) == (rate, channels)
    sound = speech.read(path)
    assert sound.rate == 16000 and sound.samples.dtype == np.float32
    assert sound.seconds == pytest.approx(1.5, abs=0.002)
    assert pitch(sound) == pytest.approx(440, abs=1)
    assert sound.peak == pytest.approx(0.5, abs=0.02)


def test_a_recording_has_the_very_samples_that_whispers_reader_gives():
    whisper = pytest.importorskip("whisper")
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not installed: Whisper's own reader cannot run")
    path = sorted(CLIPS.glob("*.wav"))[0]
    assert np.array_equal(speech.read(path).samples, whisper.load_audio(str(path)))


def test_mono_of_opposite_channels_is_silence(tmp_path):
    path = tmp_path / "a.wav"
    wave = tone(0.5, 16000)
    path.write_bytes(wav_bytes(np.stack([wave, -wave], axis=1), 16000))
    assert speech.read(path).peak < 1e-4


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.wav", b"", "is empty (0 bytes)"),
        ("text.wav", b"Dear diary, this is no sound at all. " * 50, "without ffmpeg"),
        ("cut.wav", wav_bytes(tone(0.5, 16000), 16000)[:20], "without ffmpeg"),
        ("none.wav", wav_bytes(np.zeros(0), 16000), "its length is zero"),
        ("page.mp3", b"<!doctype html><title>Sign in</title>", "without ffmpeg"),
    ],
)
def test_bad_files_are_one_sentence(tmp_path, without, name, content, words):
    without("ffmpeg", "ffprobe")
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(KitError) as said:
        speech.read(path)
    assert words in said.value.message and name in said.value.message
    assert "\n" not in str(said.value)
    if "ffmpeg" in words:
        assert "ffmpeg" in said.value.mend


def test_files_that_are_not_there_or_no_files(tmp_path):
    with pytest.raises(KitError, match="There is no file"):
        speech.read(tmp_path / "nothing.wav")
    with pytest.raises(KitError, match="is no file"):
        speech.read(tmp_path)


def test_a_wav_file_that_breaks_off_gives_what_is_there(tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(wav_bytes(tone(2, 16000), 16000)[:32044])
    assert speech.read(path).seconds == pytest.approx(1.0, abs=0.01)


def test_not_a_number_is_refused(tmp_path):
    import soundfile

    path = tmp_path / "a.wav"
    wave = tone(0.2, 16000)
    wave[7] = np.nan
    soundfile.write(path, wave, 16000, subtype="FLOAT")
    with pytest.raises(KitError, match="no numbers"):
        speech.read(path)


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
def test_what_libsndfile_cannot_read_goes_through_ffmpeg(tmp_path):
    source, path = tmp_path / "a.wav", tmp_path / "a.m4a"
    source.write_bytes(wav_bytes(tone(1.0, 44100), 44100))
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(source), "-c:a", "aac", str(path)], check=True
    )
    sound = speech.read(path)
    assert sound.seconds == pytest.approx(1.0, abs=0.1)
    assert pitch(sound) == pytest.approx(440, abs=2)


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
def test_a_text_is_refused_with_ffmpeg_too(tmp_path):
    path = tmp_path / "text.wav"
    path.write_text("No sound. " * 100, encoding="utf-8")
    with pytest.raises(KitError, match="holds no sound that can be read"):
        speech.read(path)


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
def test_ffmpeg_is_given_files_only(tmp_path, monkeypatch):
    """A name that looks like an address must not be fetched."""
    asked = []
    monkeypatch.setattr(reading.subprocess, "run", lambda command, **_: asked.append(command)
                        or subprocess.CompletedProcess(command, 0, "1.0", ""))  # fmt: skip
    monkeypatch.setattr(reading.subprocess, "Popen",
                        lambda command, **_: asked.append(command) or _Nothing())  # fmt: skip
    path = tmp_path / "concat:x.wav"
    path.write_bytes(b"RIFFxxxx")
    with pytest.raises(KitError):
        speech.facts(path)
    probe, decode = asked
    assert probe[-1] == decode[decode.index("-i") + 1] == f"file:{path}"


class _Nothing:
    """A process that says nothing."""

    def __init__(self) -> None:
        import io

        self.stdout = io.BytesIO()

    def kill(self) -> None:
        pass

    def wait(self) -> None:
        pass


def ten_hours(path, rate=8000):
    """A WAV file of ten hours of silence with a beep in each hour; takes hardly any disk."""
    frames = 10 * 3600 * rate
    beep = np.round(tone(1.0, rate) * 127 + 128).astype("u1").tobytes()
    with path.open("wb") as file:
        file.write(struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + frames, b"WAVE", b"fmt ", 16,
                               1, 1, rate, rate, 1, 8, b"data", frames))  # fmt: skip
        for hour in range(10):
            file.seek(44 + hour * 3600 * rate)
            file.write(beep)
        file.truncate(44 + frames)


def test_ten_hours_are_read_in_little_memory(tmp_path):
    path = tmp_path / "long.wav"
    ten_hours(path)
    about = reading.facts(path)
    assert about.seconds == 36000
    tracemalloc.start()
    seconds, starts = 0.0, []
    for start, block in pauses.blocks(reading.pieces(about), 150):
        starts.append(start)
        seconds = start + len(block) / 16000
        assert len(block) <= 150 * 16000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seconds == pytest.approx(36000, abs=0.1)
    assert len(starts) >= 240
    assert peak < 100e6  # the whole would be 2.3 GB
    with pytest.raises(KitError, match="too long to be read at once"):
        speech.read(path)


def test_blocks_hold_every_sample_once():
    noise = np.random.default_rng(3).standard_normal(16000 * 50).astype(np.float32)
    pieces = np.array_split(noise, 37)
    found = list(pauses.blocks(pieces, 12))
    assert np.array_equal(np.concatenate([block for _, block in found]), noise)
    at = 0
    for start, block in found:
        assert start == pytest.approx(at / 16000)
        at += len(block)


def test_a_block_is_cut_in_the_pause():
    speech_like = np.random.default_rng(1).standard_normal(16000 * 20).astype(np.float32) * 0.3
    speech_like[int(8.8 * 16000) : int(9.3 * 16000)] *= 0.001
    first = next(iter(pauses.blocks([speech_like], 10)))[1]
    assert 8.8 < len(first) / 16000 < 9.3


def test_utterances_are_found_and_steady_noise_is_none():
    rng = np.random.default_rng(2)
    gap, voice = np.zeros(16000), rng.standard_normal(16000) * 0.2
    sound = np.concatenate([gap, voice, gap, voice, gap]).astype(np.float32)
    sound += rng.standard_normal(len(sound)).astype(np.float32) * 0.001
    found = pauses.utterances(sound)
    assert [round(first / 16000) for first, _ in found] == [1, 3]
    assert [round(last / 16000) for _, last in found] == [2, 4]
    assert pauses.utterances(rng.standard_normal(32000).astype(np.float32) * 0.1) == []
    assert pauses.utterances(np.zeros(32000, np.float32)) == []
    assert pauses.utterances(np.zeros(0, np.float32)) == []


def test_a_sound_saves_plays_and_tells(tmp_path):
    sound = Sound(tone(1.0, 16000).astype(np.float32), 16000, "a tone", "beep <b>")
    path = sound.save(tmp_path / "a.wav")
    again = speech.read(path)
    assert np.abs(again.samples - sound.samples).max() < 1 / 32000
    assert sound.loudness == pytest.approx(-9.03, abs=0.05)
    shown = sound._repr_html_()
    assert "<audio controls" in shown and "&lt;b&gt;" in shown and "<b>" not in shown
    assert "a tone" in repr(sound)
    assert sound.at(8000).seconds == pytest.approx(1.0, abs=0.001)
    noisy = sound.with_noise(10, seed=1)
    added = noisy.samples / np.abs(noisy.samples).max()
    assert np.isfinite(added).all() and noisy.peak <= 1
    assert sound.cut(0.25, 0.5).seconds == pytest.approx(0.25)
    with pytest.raises(KitError, match="cannot be written"):
        sound.save(tmp_path / "no folder" / "a.wav")


def test_a_player_of_a_long_sound_holds_its_beginning():
    sound = Sound(np.tile(tone(1.0, 8000), 150).astype(np.float32), 8000)
    assert "the first 120 s of 150 s" in sound._repr_html_()
    assert len(sound._repr_html_()) < 3_000_000


def test_noise_has_the_power_that_was_asked_for():
    sound = Sound(tone(2.0, 16000).astype(np.float32) * 0.2)
    noise = sound.with_noise(6, seed=3).samples - sound.samples
    power = 10 * np.log10(np.mean(sound.samples**2) / np.mean(noise**2))
    assert power == pytest.approx(6, abs=0.1)


@pytest.mark.parametrize(("seconds", "words"), [(0, "0:00"), (75.3, "1:15"), (36000, "10:00:00")])
def test_clock(seconds, words):
    assert reading.clock(seconds) == words
