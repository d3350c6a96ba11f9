"""Lab 4: the stopwatch, the measures, and self-checks that tell what is wrong."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("whisper")
pytest.importorskip("TTS")

from selfhost import speech
from selfhost.checks import Checks, Hint
from selfhost.speech import lab4
from selfhost.speech.loop import Stage, Stopwatch
from selfhost.speech.sound import Sound

pytestmark = pytest.mark.speech
SILENCE = Sound(np.zeros(16000, np.float32))


def ticking(*times: float):
    values = iter(times)
    return lambda: next(values)


def test_stages_lie_one_behind_the_other():
    watch = Stopwatch(computed=ticking(5.0, 6.0, 7.0, 7.5), now=ticking(100.0, 103.0))
    for name in ("hear", "think", "say"):
        with watch("q", name):
            pass
    assert watch.stages == [Stage("q", "hear", 0.0, 1.0), Stage("q", "think", 1.0, 3.0),
                            Stage("q", "say", 4.0, 0.5)]  # fmt: skip
    assert watch.totals() == {"think": 3.0, "hear": 1.0, "say": 0.5}


def test_the_faster_run_counts():
    first, second = (Stopwatch(computed=ticking(0, a, 0, b)) for a, b in ((2, 1), (1, 3)))
    for watch in (first, second):
        for name in ("hear", "say"):
            with watch("q", name):
                pass
    assert [s.seconds for s in first.faster(second).stages] == [1, 1]
    assert [s.start for s in first.faster(second).stages] == [0, 1]


def test_a_stage_that_fails_is_timed_and_the_error_goes_on():
    watch = Stopwatch()
    with pytest.raises(ZeroDivisionError), watch("q", "hear"):
        _ = 1 / 0
    assert len(watch.stages) == 1


def test_questions_are_there_and_are_what_the_list_says():
    found = lab4.questions()
    assert len(found) == 6 and {q.language for q in found} == {"en", "es"}
    for question in found:
        assert question.sound.seconds > 0.5 and question.sound.peak > 0.1
    assert sum(q.path.stat().st_size for q in found) < 1_000_000


def loop(path, watch, run):
    question = next(q for q in lab4.questions() if q.path == path)
    with watch(run, "hear"):
        pass
    with watch(run, "think"):
        pass
    with watch(run, "say"):
        pass
    return question.text, "The number is 5.", question.sound


def turned_round(watch, run):
    with watch("hear", run):
        return 1, 2, SILENCE


def test_measure():
    report = lab4.measure(loop, lab4.questions()[:2])
    assert report.hearing == 0
    assert report.speaking > 0.3  # the listener hears the question, not the answer
    assert len(report.watch.stages) == 6 and report.words == 8
    assert set(report.figures()) == {"hearing", "speaking", "seconds"}


def test_no_answer_counts_as_lost():
    def silent(path, watch, run):
        heard, _, _ = loop(path, watch, run)
        return heard, "", SILENCE

    report = lab4.measure(silent, lab4.questions()[:1])
    assert report.speaking == 1.0
    before = lab4.measure(loop, lab4.questions()[:1])
    with pytest.raises(Hint, match="no answer"):
        lab4.check_gain("seconds", before, report)


@pytest.mark.parametrize(
    ("check", "answer", "words"),
    [
        (lab4.check_hear, lambda path: None, "still empty"),
        (lab4.check_hear, lambda path: "text only", "two values"),
        (lab4.check_hear, lambda path: ("hello", "en"), "and hear"),
        (lab4.check_hear, lambda path: (lab4.questions()[0].text, "es"), "find out the language"),
        (lab4.check_hear, lambda path: ("en", lab4.questions()[0].text), "first the text"),
        (lab4.check_think, lambda question: "", "still empty"),
        (lab4.check_think, lambda question: "the same", "does think"),
        (lab4.check_say, lambda text, language: text, "should return the sound"),
        (lab4.check_say, lambda text, language: SILENCE.samples, "should return the sound"),
        (lab4.check_say, lambda text, language: SILENCE, "empty or silent"),
        (lab4.check_say, lambda text, language: speech.speak(text, "en"), "language"),
        (lab4.check_say, lambda text, language: speech.recordings("en")[0].sound, "understood"),
        (lab4.check_answer, lambda path, watch, run: None, "still empty"),
        (lab4.check_answer, lambda path, watch, run: (1, 2, SILENCE), "it saw none"),
        (lab4.check_answer, lambda path, watch, run: turned_round(watch, run), "first the run"),
    ],
)
def test_checks_say_what_is_wrong(check, answer, words, capsys):
    checks = Checks("Lab 4")
    assert not checks.run("1", "x", check, answer)
    assert words in checks.outcomes["1"].message


def test_checks_accept_a_working_loop():
    assert "both languages" in lab4.check_hear(lambda path: _heard(path))
    assert lab4.check_say(lambda text, language: speech.speak(text, language))

    def whole(path, watch, run):
        with watch(run, "hear"):
            heard, language = _heard(path)
        with watch(run, "think"):
            reply = "The capital of Spain is Madrid."
        with watch(run, "say"):
            sound = speech.speak(reply, language)
        return heard, reply, sound

    assert "Madrid" in lab4.check_answer(whole)


def _heard(path):
    found = speech.transcribe(path)
    return found.text, found.language


def test_gain_needs_a_gain_with_the_same_questions():
    one = lab4.measure(loop, lab4.questions()[:1])
    other = lab4.measure(loop, lab4.questions()[1:2])
    with pytest.raises(Hint, match="the same questions"):
        lab4.check_gain("seconds", one, other)
    with pytest.raises(Hint, match="not better"):
        lab4.check_gain("hearing", one, one)
    with pytest.raises(Hint, match="should be one of"):
        lab4.check_gain("speed", one, one)
