"""Lab 4: the questions, what is measured about a spoken assistant, and the self-checks.

The checks use the reader's own functions on real recordings; the last listener is `oido`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from selfhost.checks import expect, filled, one_of
from selfhost.errors import KitError
from selfhost.paths import kit_root
from selfhost.speech.hearing import transcribe
from selfhost.speech.loop import Stopwatch
from selfhost.speech.reading import read
from selfhost.speech.scoring import normalize, wer
from selfhost.speech.sound import Sound
from selfhost.speech.speaking import available, speak

STAGES = ("hear", "think", "say")
NOTHING = "no answer"


@dataclass(frozen=True)
class Question:
    """A recorded question: file, what is asked, language, whose voice."""

    path: Path
    text: str
    language: str
    voice: str

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self.path.stem

    @property
    def sound(self) -> Sound:
        """Its samples."""
        found = read(self.path)
        return Sound(found.samples, found.rate, self.voice, self.text)


@dataclass(frozen=True)
class Turn:
    """One question through the loop. `back`: what a listener understood of the answer's sound."""

    question: Question
    heard: str
    reply: str
    back: str


@dataclass(frozen=True)
class Report:
    """A loop over all questions: its turns, its times, and two error rates.

    `hearing`: word error rate of the questions; `speaking`: of the answers, as a listener writes
    them down; `seconds`: to compute an answer (see `loop`), mean over the questions.
    """

    turns: tuple[Turn, ...]
    watch: Stopwatch
    hearing: float
    speaking: float

    @property
    def seconds(self) -> float:
        return sum(stage.seconds for stage in self.watch.stages) / max(1, len(self.turns))

    @property
    def words(self) -> int:
        """Words in all replies."""
        return sum(len(turn.reply.split()) for turn in self.turns)

    def figures(self) -> dict[str, float]:
        """The three measures, by name."""
        return {"hearing": self.hearing, "speaking": self.speaking, "seconds": self.seconds}


def questions() -> list[Question]:
    """The six recorded questions. Raises `KitError` when they are missing."""
    folder = kit_root() / "labs" / "data" / "questions"
    try:
        rows = json.loads((folder / "questions.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise KitError("The questions in labs/data/questions are missing.",
                       "git checkout -- labs/data") from error  # fmt: skip
    return [Question(folder / r["file"], r["text"], r["language"], r["voice"]) for r in rows]


def measure(answer: Callable[..., Any], asked: Sequence[Question]) -> Report:
    """Run `answer(path, watch, run)` -> (heard, reply, sound) for every question.

    Each question goes through twice; the faster run of each stage counts. A first run, not
    measured, loads the models.
    """
    answer(asked[0].path, Stopwatch(), "first")
    first, second, turns = Stopwatch(), Stopwatch(), []
    for question in asked:
        answer(question.path, first, question.name)
        heard, reply, sound = answer(question.path, second, question.name)
        back = listen(sound, question.language)
        # No answer is an answer that was lost as a whole, not a perfect one.
        turns.append(Turn(question, str(heard), str(reply).strip() or NOTHING, back))
    groups: dict[str, list[Turn]] = {}
    for turn in turns:
        groups.setdefault(turn.question.language, []).append(turn)
    return Report(
        tuple(turns),
        first.faster(second),
        _mean([(wer([t.question.text for t in g], [t.heard for t in g], code),
                _words([t.question.text for t in g], code)) for code, g in groups.items()]),
        _mean([(wer([t.reply for t in g], [t.back for t in g], code),
                _words([t.reply for t in g], code)) for code, g in groups.items()]),
    )  # fmt: skip


def listen(sound: Sound, language: str) -> str:
    """What the listener at the end, `oido`, writes down; greedy, so always the same."""
    return transcribe(sound, language, split=False, temperature=0.0).text


def control(report: Report) -> dict[str, float]:
    """The same answers by every voice that is here: voice -> word error rate.

    What no voice gets across is the listener's share of the loss.
    """
    found = {}
    for voice in [v for v in available("en") if v == "voz" or v in available("es")]:
        rates = []
        for code in dict.fromkeys(turn.question.language for turn in report.turns):
            replies = [t.reply for t in report.turns if t.question.language == code]
            back = [listen(speak(text, code, voice), code) for text in replies]
            rates.append((wer(replies, back, code), _words(replies, code)))
        found[voice] = _mean(rates)
    return found


def _words(texts: list[str], language: str) -> int:
    return sum(len(normalize(text, language).split()) for text in texts)


def _mean(rates: list[tuple[float, int]]) -> float:
    """Rates weighted by their numbers of words."""
    return sum(rate * words for rate, words in rates) / max(1, sum(words for _, words in rates))


# --- self-checks ---------------------------------------------------------------------------------


def check_hear(hear: Callable[[Path], Any]) -> str:
    """`hear(path)` -> (text, language), on two of the questions."""
    for question in (questions()[0], questions()[4]):
        found = filled(hear(question.path), "what hear() returns")
        expect(isinstance(found, tuple) and len(found) == 2,
               "hear() should return two values: the text and the language")  # fmt: skip
        text, language = found
        expect(isinstance(text, str) and isinstance(language, str),
               "both values should be text; a transcript has .text and .language")  # fmt: skip
        expect(text not in ("en", "es"), "in this order: first the text, then the language")
        expect(language == question.language,
               f"the question {question.name} is in {question.language!r}, not {language!r}: let "
               "the model find out the language")  # fmt: skip
        rate = wer(question.text, text, language)
        expect(rate < 0.5, f"{question.name} says “{question.text}”, and hear() gives “{text}”")
    return "it writes down both languages"


def check_think(think: Callable[[str], Any]) -> str:
    """`think(question)` -> a text from the endpoint that depends on the question."""
    one, two = (think(text) for text in ("What is the capital of Spain?", "What is a token?"))
    for reply in (one, two):
        filled(reply, "what think() returns")
        expect(isinstance(reply, str), "think() should return the answer's text, "
               "response.message.content")  # fmt: skip
    expect(one != two, "two questions got the same answer: does think() send its question?")
    return f"“{one}”"


def check_say(say: Callable[[str, str], Any]) -> str:
    """`say(text, language)` -> a `Sound` in which a listener finds the text."""
    for text, language in (("The capital of Spain is Madrid.", "en"),
                           ("La capital de Francia es París.", "es")):  # fmt: skip
        sound = filled(say(text, language), "what say() returns")
        expect(isinstance(sound, Sound), "say() should return the sound that speech.speak gives")
        expect(sound.seconds > 0.5 and sound.peak > 0.02, "the sound is empty or silent")
        back = listen(sound, language)
        expect(wer(text, back, language) < 0.6,
               f"a listener understood “{back}” instead of “{text}”: is the voice of the right "
               "language?")  # fmt: skip
    one, two = (say("Animal.", language) for language in ("en", "es"))
    expect(not np.array_equal(one.samples, two.samples),
           "both languages sound the same: does say() pass on the language?")  # fmt: skip
    return "a listener understood it"


def check_answer(answer: Callable[..., Any]) -> str:
    """The whole loop on one question: three stages, timed, and an answer one can hear."""
    watch, question = Stopwatch(), questions()[0]
    found = filled(answer(question.path, watch, "check"), "what answer() returns")
    expect(isinstance(found, tuple) and len(found) == 3,
           "answer() should return three values: heard, reply, sound")  # fmt: skip
    names = [stage.name for stage in watch.stages]
    expect("check" not in names, "first the run, then the stage: watch(run, ...)")
    expect(names == list(STAGES),
           f"the stopwatch should see the stages {', '.join(STAGES)}, once each and in this order; "
           f"it saw {', '.join(names) or 'none'}")  # fmt: skip
    expect(all(stage.run == "check" for stage in watch.stages),
           "give the stopwatch the name of the run: watch(run, ...)")  # fmt: skip
    _, reply, sound = found
    expect(isinstance(sound, Sound), "the third value should be the sound of the answer")
    expect(sound.seconds > 0.3 and sound.peak > 0.02, "the sound is empty or silent")
    back = listen(sound, question.language)
    expect(bool(back), "a listener heard no speech in the answer: what does say() return?")
    return f"the answer “{reply}”; a listener wrote “{back}”"


def check_slowest(name: Any, report: Report) -> str:
    """The stage in which most of the time is spent."""
    one_of(name, STAGES, "slowest")
    totals = report.watch.totals()
    expect(name == next(iter(totals)),
           "add up the seconds of each stage over all questions, and take the longest")  # fmt: skip
    return f"{totals[name] / sum(totals.values()):.0%} of the time"


def check_worst(name: Any, report: Report) -> str:
    """The question whose answer is understood worst."""
    one_of(name, [turn.question.name for turn in report.turns], "worst")
    rates = {t.question.name: wer(t.reply, t.back, t.question.language) for t in report.turns}
    expect(rates[name] == max(rates.values()),
           "compare reply and back for each turn: wer(reply, back, language)")  # fmt: skip
    return f"{rates[name]:.0%} of its words came back wrong"


def check_gain(measure_name: Any, before: Report, after: Any) -> str:
    """One of the measures is better after the change, with the same questions."""
    one_of(measure_name, list(before.figures()), "measure")
    filled(after, "after")
    expect(isinstance(after, Report), "`after` should be what lab4.measure gives")
    expect([t.question.name for t in after.turns] == [t.question.name for t in before.turns],
           "measure with the same questions, or the figures cannot be compared")  # fmt: skip
    expect(all(turn.reply != NOTHING for turn in after.turns),
           "an answer is empty: silence is quick and without errors, and no answer")  # fmt: skip
    old, new = before.figures()[measure_name], after.figures()[measure_name]
    expect(new < old, f"{measure_name} was {old:.3g} and is {new:.3g}: not better. Look at the "
           "turns, and change something else")  # fmt: skip
    return f"{measure_name}: {old:.3g} before, {new:.3g} after"
