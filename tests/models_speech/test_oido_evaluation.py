"""The recordings that are shipped, the scores, and the weights when they are there."""

import json
import wave

import pytest

pytest.importorskip("jiwer")
whisper = pytest.importorskip("whisper")
pytest.importorskip("scipy")

from models.oido import clips, evaluate  # noqa: E402
from models.oido.grammar import held_out  # noqa: E402
from models.oido.voices import FLITE, VARIANTS  # noqa: E402

pytestmark = pytest.mark.speech
WEIGHTS = clips.HERE / "oido.pt"


def _answer(text, heard, **more):
    facts = {"group": clips.NEW_VOICES, "language": "en", "voice": "espeak:en+m7", "detected": "en"}
    facts |= {"audio_seconds": 2.0, "compute_seconds": 0.5}
    return evaluate.Answer(text=text, heard=heard, **(facts | more))


def test_shipped_recordings_are_what_the_list_says():
    table = json.loads((clips.FOLDER / "clips.json").read_text(encoding="utf-8"))
    assert {path.name for path in clips.FOLDER.glob("*.wav")} == {row["file"] for row in table}
    assert {row["language"] for row in table} == {"en", "es", ""}
    for row in table:
        with wave.open(str(clips.FOLDER / row["file"]), "rb") as file:
            assert (file.getnchannels(), file.getframerate()) == (1, 16000)
            assert file.getnframes() / 16000 == pytest.approx(row["seconds"], abs=0.01)
        if row["group"] == clips.NEW_VOICES:
            assert held_out(row["text"])
            engine, _, name = row["voice"].partition(":")
            variant = "+" + name.partition("+")[2]
            assert name not in FLITE if engine == "flite" else variant not in VARIANTS
    assert sum(path.stat().st_size for path in clips.FOLDER.glob("*.wav")) < 3e6


def test_score_counts_words_after_normalizing():
    answers = [
        _answer("What is 2 plus 2?", "what is two plus two"),
        _answer("Hello Anna.", "hello", detected="es"),
    ]
    score = evaluate.score(answers)
    # "plus two" is one word for the normalizer: +2
    assert score.word_error_rate == pytest.approx(1 / 6, abs=1e-4)
    assert score.right_language == 0.5
    assert score.real_time_factor == 0.25
    assert score.exact == 0.0


def test_silent_recordings_have_no_word_error_rate():
    silent = _answer("", "", language="", group=clips.SILENCE)
    score = evaluate.score([silent])
    assert score.word_error_rate is None and score.exact == 1.0


def test_summary_has_a_line_for_each_new_voice():
    rows = evaluate.summary([_answer("One.", "one"), _answer("Two.", "", voice="flite:awb")])
    assert set(rows) == {"new voices, en", "voice en m7", "voice en flite:awb"}


@pytest.mark.slow
@pytest.mark.skipif(not WEIGHTS.exists(), reason="no trained weights are shipped yet")
def test_weights_hear_what_the_card_says():
    model = whisper.load_model(str(WEIGHTS), device="cpu")
    answers = evaluate.listen(model, clips.read_folder())
    published = json.loads((clips.HERE / "evaluation.json").read_text(encoding="utf-8"))
    for name, value in evaluate.summary(answers).items():
        promised = published["scores"][name]
        if promised["word_error_rate"] is not None:
            assert value.word_error_rate == pytest.approx(promised["word_error_rate"], abs=0.1)
        if name.startswith(clips.SILENCE):
            assert value.exact == promised["exact"]
