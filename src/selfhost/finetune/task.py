"""The task: sort messages to a faculty's help desk, in a form that a program can read.

Messages are written by a small grammar. Some wordings never occur in training; the held-out items
use only these, so that a score says something about new sentences. Everything depends on a seed
alone. The texts are made up for this course (CC0-1.0).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

QUEUES = ("network", "printer", "account", "software", "building")
URGENT, CALM = "urgent", "can wait"

# Wordings per queue; the last three of each are held out. $p: a place, $n: a name; {a|b}: one of.
_PROBLEMS: dict[str, list[str]] = {
    "network": [
        "The {Wi-Fi|internet|network} in $p does not work.", "There is no {internet|Wi-Fi} in $p.",
        "{My laptop|My computer|$n} cannot connect to the {network|Wi-Fi|internet}.",
        "The {network|internet|Wi-Fi} in $p is {very|too} slow {today|again}.",
        "I lose the {Wi-Fi|internet|connection} every ten minutes.",
        "{No web page opens|Web pages do not open} in $p.",
        "The {network cable|cable} in $p gives no connection.",
        "$n has no {internet|network|Wi-Fi} since {this morning|yesterday}.",
        "The {connection|Wi-Fi|internet connection} in $p is gone again.",
        "Web pages {take minutes to load|are slow} in $p.",
        "{I|We} have no connection to the {internet|network}.",
        "The Wi-Fi {asks me again and again|is weak} in $p.",
        "Nobody in $p has Wi-Fi.", "The internet is very slow for $n.",
        "My connection to the network breaks all the time.",
    ],
    "printer": [
        "The printer in $p has no {paper|ink}.", "The printer prints only {white|black} pages.",
        "{I|We} cannot print {my document|a page|anything} in $p.",
        "There is a paper jam in the printer {in $p|again}.",
        "The printer {in $p|of $n} makes a strange noise.",
        "{My pages|The pages} come out {grey|white|wet} from the printer.",
        "The printer {wants|needs} {new ink|paper}.", "$n cannot print {in colour|on both sides}.",
        "The printer in $p is {switched off|broken}.",
        "Somebody left a hundred {printed pages|pages} in the printer.",
        "{Every|Each} printed page has {a white line|a grey line}.",
        "{I|$n} want to print, and the printer {does nothing|is silent}.",
        "The printer eats my paper.", "$n wants to print and nothing comes out in $p.",
        "All printed pages from $p have a black line.",
    ],
    "account": [
        "I forgot my {password|user name}.", "{My account|The account of $n} is {locked|closed}.",
        "{$n|I} cannot log in {any more|today|}.",
        "{My|The} password {is not accepted|does not work} any more.",
        "I need {an account|a user name|a password} for $n.",
        "The system says that my {user name|password} is wrong.",
        "Please change {the name|the password} in my account.",
        "$n has left, please {close|delete} the account.", "I cannot log in from $p.",
        "My account {has no access|cannot go} to the {exam files|course}.",
        "{Please give|You can give} $n {a new password|an account}.",
        "My password is {too old|not right}, says the system.",
        "The system does not know my password.", "Please open a new account for $n.",
        "After three wrong passwords I cannot log in.",
    ],
    "software": [
        "The {program|software} does not start after the update.",
        "Please install {Python|the program|new software} in $p.",
        "My program {closes|stops} without a word.",
        "The new version of the {program|software} has {a bug|an error}.",
        "I need {another|a new} version of the {software|program}.",
        "The update {stops in the middle|does not end}.",
        "$n needs {a program|software} to {edit video|draw|write}.",
        "The software says that the licence is over.",
        "The {program|software} in $p is too old for the course.",
        "An error {message|} comes up in the program.",
        "{The program|My software} shows {an error|a strange message} {today|again}.",
        "{Can you|Please} update the {program|software} {on my laptop|in $p}.",
        "Since the update the program shows an error.", "Can you install this software for $n?",
        "The program on my laptop does not open files any more.",
    ],
    "building": [
        "The projector in $p {stays dark|is broken}.",
        "There are not enough {chairs|tables} in $p.",
        "The {door|window} of $p is {locked|broken}.", "It is too {cold|hot|dark} in $p.",
        "The {light|heating|projector} in $p does not work.", "{I|We} need $p on {Friday|Monday}.",
        "The {window|door} in $p does not close.",
        "The projector in $p has a {green|red} picture.",
        "{The table|A chair|A window} in $p is broken.",
        "$n needs {a room|a table|chairs} for twenty people.",
        "Please open {the window in $p|the big hall|$p}.",
        "The light of {the lamp|the projector} is {red|off}.",
        "The light of the projector is too weak in $p.", "Two chairs in $p are broken.",
        "Please open the door of $p for $n.",
    ],
}  # fmt: skip
# The last two of each are held out.
_URGENT = [
    "The {exam|lesson|class} begins in {ten|five|two} minutes!", "I need it {now|today}.",
    "{The class|A whole class|My class} is waiting.", "Please help {at once|now}!",
    "It is {very|} urgent.", "We cannot {go on|work} without it.",
    "{Sixty|Forty} people are waiting.", "Come {now|quickly}, please!",
    "{Nobody|No one} can {work|go on}!", "The {exam|lesson} starts in {an hour|half an hour}!",
    "This cannot wait.", "{Quickly|Now}, please!",
    "The exam starts in an hour and nobody can work!", "Please come now, it is urgent.",
]  # fmt: skip
_CALM = [
    "It is not {very|} urgent.", "{Next week|Next month|Tomorrow} is fine.", "Take your time.",
    "There is no hurry.", "You can do it when you have time.",
    "It can wait {until Monday|until next week|}.", "Any day is fine.", "",
    "No hurry{, please|}.", "{Some day|One day} would be {fine|good}.", "This can wait.",
    "We can work without it.",
    "No hurry, next month is fine.", "It is not urgent at all, take your time.",
]  # fmt: skip
_OPENINGS = ["Hello.", "Good morning.", "Please help.", "", "", "", "", ""]
_PLACES = ["room 12", "the library", "the second floor", "my office", "room 204", "the lab",
           "the big hall", "the old building", "room 7", "the reading room"]  # fmt: skip
_NAMES = ["Ana", "Luis", "Marta", "my student", "Tom", "our guest", "Clara", "the new teacher",
          "Pablo", "my colleague"]  # fmt: skip
_HELD_PROBLEMS, _HELD_CLUES = 3, 2

PROMPT = "Help desk: $m"
#: For a model that was not trained for it: everything said, with two examples.
EXPLAINED = (
    "Sort the message. Queues: network, printer, account, software, building. Then say urgent or "
    "can wait.\nMessage: The printer is broken. I need it now.\nprinter, urgent\nMessage: Please "
    "close my account. Next week is fine.\naccount, can wait\nMessage: $m"
)


@dataclass(frozen=True)
class Item:
    """One message and its right answer."""

    message: str
    queue: str
    urgent: bool

    @property
    def answer(self) -> str:
        """The answer as the model should write it."""
        return f"{self.queue}, {URGENT if self.urgent else CALM}"

    def chat(self, prompt: str = PROMPT) -> list[dict[str, str]]:
        """The message as a chat."""
        return [{"role": "user", "content": prompt.replace("$m", self.message)}]


@dataclass(frozen=True)
class Pair:
    """A question of another kind with the answer to keep: what is rehearsed against forgetting."""

    question: str
    answer: str

    def chat(self, prompt: str = "$m") -> list[dict[str, str]]:
        """The question as a chat."""
        return [{"role": "user", "content": prompt.replace("$m", self.question)}]


def training(count: int, seed: int = 1) -> list[Item]:
    """`count` different messages in the wordings of training."""
    return _items(count, seed, held=False)


def held_out(count: int = 100, seed: int = 2) -> list[Item]:
    """`count` different messages, each in wordings that no training message has."""
    return _items(count, seed, held=True)


def _items(count: int, seed: int, *, held: bool) -> list[Item]:
    draw = Random(seed)
    found: dict[str, Item] = {}
    for attempt in range(100 * count):
        item = _item(draw, attempt, held)
        found.setdefault(item.message, item)
        if len(found) == count:
            return list(found.values())
    raise ValueError(f"the grammar has fewer than {count} different messages")


def _item(draw: Random, number: int, held: bool) -> Item:
    def pick(options: list[str], kept: int) -> str:
        part = options[-kept:] if held and kept else options[: len(options) - kept]
        return part[int(draw.random() * len(part))]

    queue = QUEUES[number % len(QUEUES)]
    urgent = draw.random() < 0.5
    parts = [
        pick(_OPENINGS, 0),
        pick(_PROBLEMS[queue], _HELD_PROBLEMS),
        pick(_URGENT if urgent else _CALM, _HELD_CLUES),
    ]
    text = " ".join(part for part in parts if part)
    text = re.sub(r"\{([^{}]*)\}", lambda m: pick(m[1].split("|"), 0), text)
    for sign, names in (("$p", _PLACES), ("$n", _NAMES)):
        while sign in text:
            text = text.replace(sign, names[int(draw.random() * len(names))], 1)
    text = re.sub(r" +(?=[ .!])", "", text)
    # The first letter of each sentence is a capital, whatever name was put there.
    text = re.sub(r"(^|[.!?] )([a-z])", lambda m: m[1] + m[2].upper(), text)
    return Item(text, queue, urgent)


def right(item: Item, text: str) -> bool:
    """Whether the answer is exactly what a program could use."""
    return text.strip() == item.answer


def share(items: Iterable[Item], texts: Iterable[str]) -> float:
    """The share of right answers."""
    marks = [right(item, text) for item, text in zip(items, texts, strict=True)]
    return sum(marks) / len(marks)
