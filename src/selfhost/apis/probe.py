"""Which settings does an endpoint accept, ignore or refuse? Ask it, and look at what changes.

A page of documentation says what is meant to be; an answer with status 200 says only that nobody
complained. So each parameter is sent with a value whose effect can be seen in the answer: with
`top_k` 1 answers that differed from each other become equal, with `stop` a text ends before a
word that it contained, with `n` 2 there are two. Three findings:

- accepted: the effect was seen;
- ignored: the request was answered as if the parameter were not there;
- refused: the request was answered with an error.

and "unclear" where the effect could not be told from chance (it says why). It works on OpenAI's
API and on Ollama's, and needs about 40 short answers: look at your provider's price first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from selfhost.apis.call import Target, said_by, text_of
from selfhost.errors import KitError

FINDINGS = ("accepted", "ignored", "refused", "unclear")
QUESTION = "Tell me a story."
LENGTH = 24  # tokens of an answer: long enough to differ, short enough to be cheap


@dataclass(frozen=True)
class Finding:
    """What was found out about one parameter. `sent` as in the request, `why` in one sentence."""

    parameter: str
    sent: str
    found: str
    why: str


class Refused(Exception):
    """The endpoint answered with an error; the text is what it said."""


class Probe:
    """One endpoint under test. `requests` counts, `tokens` adds up what it wrote."""

    def __init__(self, target: Target, *, question: str = QUESTION, timeout: float = 60.0) -> None:
        self.target, self.question = target, question
        self.requests = self.tokens = 0
        self._client = httpx.Client(timeout=timeout, headers=target.headers())
        self.limit = {"openai": "max_tokens", "ollama": "num_predict"}[target.api]

    def send(self, top: Mapping[str, Any] | None = None, **options: Any) -> Mapping[str, Any]:
        """One request; `top` are fields beside the options. Raises `Refused`, `KitError`."""
        options = {self.limit: LENGTH, **options}
        body = {**self.target.body(self.question, options), **(top or {})}
        try:
            answer = self._client.post(self.target.chat, json=body)
        except httpx.HTTPError as error:
            raise KitError(
                f"{self.target.url} does not answer ({type(error).__name__}).",
                "start the server, or correct the address",
            ) from error
        self.requests += 1
        try:
            data = answer.json()
        except ValueError:
            data = None
        if answer.status_code in (401, 402, 403, 404, 429) or answer.status_code >= 500:
            said = said_by(data) or answer.reason_phrase
            raise KitError(f"{self.target.url}: HTTP {answer.status_code}, {said}.",
                           "mend that first, then probe again")  # fmt: skip
        if answer.status_code != 200:
            raise Refused(said_by(data) or f"HTTP {answer.status_code}")
        if not isinstance(data, dict):
            raise KitError(f"{self.target.url} answers with something that is no JSON.")
        usage = data.get("usage") or {}
        self.tokens += int(usage.get("completion_tokens") or data.get("eval_count") or 0)
        return data

    def text(self, top: Mapping[str, Any] | None = None, **options: Any) -> str:
        """The text of one answer."""
        data = self.send(top, **options)
        try:
            return text_of(data)
        except (KeyError, IndexError, TypeError):
            raise KitError(f"{self.target.url} answers in a form that is not known.") from None

    def several(self, times: int, **options: Any) -> list[str]:
        """The texts of several answers."""
        return [self.text(**options) for _ in range(times)]

    def close(self) -> None:
        """Close the connection."""
        self._client.close()


Test = Callable[[Probe, "Ground"], tuple[str, str]]


@dataclass(frozen=True)
class Ground:
    """What the endpoint does unasked: `varied` answers by chance, one `plain` greedy one."""

    varied: tuple[str, ...]
    plain: str

    @property
    def chance(self) -> bool:
        """Do answers differ when nothing is set? Without that, no effect on chance is visible."""
        return len(set(self.varied)) >= len(self.varied) - 1


def _steady(**options: Any) -> Test:
    """A setting that leaves chance nothing to choose: three answers must be equal."""

    def test(probe: Probe, ground: Ground) -> tuple[str, str]:
        texts = probe.several(3, **options)
        kinds = len(set(texts))
        if not ground.chance:
            return "unclear", "answers hardly differ here even without it"
        if kinds == 1:
            return "accepted", "three answers were equal; without it they differed"
        if kinds == 3:
            return "ignored", "three answers still differed"
        return "unclear", "two of three answers were equal"

    return test


def _temperature(probe: Probe, ground: Ground) -> tuple[str, str]:
    found, why = _steady(temperature=0)(probe, ground)
    if found == "unclear" and not ground.chance:
        wild = probe.several(3, temperature=1.9)
        if len(set(wild)) == 3:
            return "accepted", "at 1.9 three answers differed; without it they did not"
    return found, why


def _seed(probe: Probe, ground: Ground) -> tuple[str, str]:
    if not ground.chance:
        return "unclear", "answers hardly differ here even without it"
    same = probe.several(3, seed=11)
    other = probe.text(seed=12)
    if len(set(same)) == 1:
        more = "another seed gave another" if other != same[0] else "another seed gave the same"
        return "accepted", f"one seed, one answer; {more}"
    return ("ignored" if len(set(same)) == 3 else "unclear"), "one seed, different answers"


def _limit(probe: Probe, ground: Ground) -> tuple[str, str]:
    low: dict[str, Any] = {probe.limit: 2}
    short = probe.text(None, **low)
    if len(short) < len(ground.plain) / 2:
        return "accepted", "the answer became shorter"
    return "ignored", "the answer was as long as before"


def _stop(probe: Probe, ground: Ground) -> tuple[str, str]:
    words = ground.plain.split()
    if len(words) < 4:
        return "unclear", "the answer is too short to stop in it"
    word = max(words[1:-1], key=len)
    cut = probe.text(temperature=0, stop=[word])
    if word in cut:
        return "ignored", f"the answer went on past {word!r}"
    return "accepted", f"the answer ended before {word!r}"


def _changes(**options: Any) -> Test:
    """A setting strong enough to change even the greedy answer."""

    def test(probe: Probe, ground: Ground) -> tuple[str, str]:
        if probe.text(temperature=0, **options) != ground.plain:
            return "accepted", "the answer at temperature 0 became another"
        (name, _), = options.items()  # fmt: skip
        try:
            wrong: dict[str, Any] = {name: "nonsense"}
            probe.text(None, temperature=0, **wrong)
        except Refused:
            return "unclear", "the answer stayed the same, but a wrong value is refused: it is read"
        return "ignored", "the answer stayed the same, and a wrong value was let through"

    return test


def _logprobs(probe: Probe, ground: Ground) -> tuple[str, str]:
    data = probe.send({"logprobs": True, "top_logprobs": 2})
    where = data["choices"][0] if "choices" in data else data
    if where.get("logprobs"):
        return "accepted", "log-probabilities came with the answer"
    return "ignored", "no log-probabilities in the answer"


def _n(probe: Probe, ground: Ground) -> tuple[str, str]:
    found = len(probe.send(n=2).get("choices", []))
    return ("accepted" if found == 2 else "ignored"), f"asked for two answers, got {found}"


def _format(probe: Probe, ground: Ground) -> tuple[str, str]:
    kind = {"response_format": {"type": "json_object"}}
    text = probe.text({"format": "json"} if probe.target.api == "ollama" else kind)
    if text.lstrip().startswith("{"):
        return "accepted", "the answer begins with {"
    return "ignored", "the answer was no JSON"


def _tools(probe: Probe, ground: Ground) -> tuple[str, str]:
    tool = {
        "type": "function",
        "function": {
            "name": "add", "description": "add two numbers",
            "parameters": {"type": "object", "properties": {"a": {"type": "number"}}},
        },
    }  # fmt: skip
    probe.send({"tools": [tool]})
    return "unclear", "no error; whether the model calls it depends on the model"


def _invented(probe: Probe, ground: Ground) -> tuple[str, str]:
    probe.text(temprature=0)
    return "ignored", "nobody reads a misspelt name, and nobody says so"


# (name shown, what is sent, the test); names as OpenAI's API has them where it has them.
_BOTH: list[tuple[str, str, Test]] = [
    ("temperature", "0", _temperature),
    ("top_p", "0.0001", _steady(top_p=0.0001)),
    ("top_k", "1", _steady(top_k=1)),
    ("min_p", "1", _steady(min_p=1.0)),
    ("seed", "11, 11, 11, 12", _seed),
    ("stop", "a word of the answer", _stop),
    ("presence_penalty", "2", _changes(presence_penalty=2.0)),
    ("frequency_penalty", "2", _changes(frequency_penalty=2.0)),
    ("repeat_penalty", "5", _changes(repeat_penalty=5.0)),
    ("logprobs", "true", _logprobs),
    ("JSON only", "its field for that", _format),
    ("tools", "one function", _tools),
    ("temprature (sic)", "0", _invented),
]
_OPENAI_ONLY: list[tuple[str, str, Test]] = [
    ("n", "2", _n),
    ("logit_bias", "one token +100", _changes(logit_bias={"100": 100})),
]


def tests_for(target: Target) -> list[tuple[str, str, Test]]:
    """All tests of one API, the length limit first."""
    name = "max_tokens" if target.api == "openai" else "num_predict"
    rest = [*_BOTH, *(_OPENAI_ONLY if target.api == "openai" else [])]
    return [("length limit", f"{name}: 2", _limit), *rest]


def probe(
    target: Target,
    *,
    progress: Callable[[str], None] | None = None,
    question: str = QUESTION,
) -> list[Finding]:
    """Everything about one endpoint. Raises `KitError` when it does not answer at all."""
    return list(findings(Probe(target, question=question), progress))


def findings(probe: Probe, progress: Callable[[str], None] | None = None) -> Iterator[Finding]:
    """The same one by one, on a probe that counts."""
    try:
        try:
            plain = probe.text(temperature=0)
        except Refused:
            plain = probe.text()
        ground = Ground(tuple(probe.several(4)), plain)
        for name, sent, test in tests_for(probe.target):
            if progress:
                progress(name)
            try:
                found, why = test(probe, ground)
            except Refused as error:
                found, why = "refused", str(error)
            yield Finding(name, sent, found, why)
    finally:
        probe.close()


def compare(probed: Mapping[str, list[Finding]]) -> list[dict[str, str]]:
    """Several endpoints side by side: rows of parameter -> finding, `-` where it was not asked."""
    names = list(dict.fromkeys(f.parameter for rows in probed.values() for f in rows))
    table = []
    for name in names:
        row = {"parameter": name}
        for title, rows in probed.items():
            row[title] = next((f.found for f in rows if f.parameter == name), "-")
        table.append(row)
    return table
