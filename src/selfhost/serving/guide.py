"""Which engine for what: a small tree of questions that states its reasons.

The tree and the facts lie in `guide.yaml`. `Walk` is one way through it: answers so far, the next
question or the advice, and the reasons in order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from selfhost.errors import KitError

START = "start"


@dataclass(frozen=True)
class Engine:
    """An engine and what it is for; licence with its source and date."""

    name: str
    what: str
    runs_on: str
    files: str
    licence: str
    source: str
    read: str


@dataclass(frozen=True)
class Option:
    """An answer, its reason, and where it leads: to a question, or to engines."""

    label: str
    because: str
    to: str = ""
    use: tuple[str, ...] = ()


@dataclass(frozen=True)
class Node:
    """A question."""

    question: str
    options: tuple[Option, ...]

    def option(self, label: str) -> Option:
        """The option of that label. Raises `KitError`."""
        for each in self.options:
            if each.label == label:
                return each
        known = ", ".join(repr(each.label) for each in self.options)
        raise KitError(f"{self.question} {label!r} is no answer to that.", f"one of {known}")


@dataclass(frozen=True)
class Guide:
    """All questions and all engines."""

    engines: Mapping[str, Engine]
    tree: Mapping[str, Node]

    def walk(self, answers: Iterable[str] = ()) -> Walk:
        """The way that these answers take. Raises `KitError` for an answer that is none."""
        walk = Walk(self, (), START)
        for answer in answers:
            walk = walk.answer(answer)
        return walk


@dataclass(frozen=True)
class Walk:
    """A way through the tree: the options taken, and the node that asks next ("" at the end)."""

    guide: Guide
    taken: tuple[tuple[str, Option], ...]
    at: str

    @property
    def node(self) -> Node | None:
        """The next question, or None when there is advice."""
        return self.guide.tree[self.at] if self.at else None

    @property
    def advice(self) -> tuple[Engine, ...]:
        """The engines at the end of the way, the advised one first; () before the end."""
        names = self.taken[-1][1].use if self.taken else ()
        return tuple(self.guide.engines[name] for name in names)

    def answer(self, label: str) -> Walk:
        """One step further."""
        if self.node is None:
            raise KitError("There is no further question.", "go back one step")
        option = self.node.option(label)
        return Walk(self.guide, (*self.taken, (self.node.question, option)), option.to)

    def back(self) -> Walk:
        """One step back."""
        return self.guide.walk(option.label for _, option in self.taken[:-1])

    def text(self) -> str:
        """Everything said so far, for terminals and screen readers."""
        lines = []
        for question, option in self.taken:
            lines += [f"{question} {option.label}", f"  because {option.because}"]
        if self.node is not None:
            lines.append(self.node.question)
            lines += [f"  - {option.label}" for option in self.node.options]
        else:
            first, *others = self.advice
            lines.append(f"=> {first.name}: {first.what}. Licence: {first.licence}.")
            if others:
                lines.append(f"   also: {', '.join(engine.name for engine in others)}")
        return "\n".join(lines)


@cache
def guide() -> Guide:
    """The tree of `guide.yaml`. Raises `KitError` when a way leads nowhere."""
    import yaml

    text = files("selfhost.serving").joinpath("guide.yaml").read_text(encoding="utf-8")
    data = yaml.safe_load(text)
    engines = {name: Engine(name=name, **row) for name, row in data["engines"].items()}
    tree = {
        name: Node(row["question"], tuple(
            Option(**{**o, "use": tuple(o.get("use", ()))}) for o in row["options"]
        ))
        for name, row in data["tree"].items()
    }  # fmt: skip
    found = Guide(engines, tree)
    if wrong := problems(found):
        raise KitError(f"guide.yaml: {wrong[0]}.", "mend that line")
    return found


def problems(found: Guide) -> list[str]:
    """What is wrong with a tree: dead ends, loops, questions and engines that nobody reaches."""
    wrong: list[str] = []
    seen: set[str] = set()
    named: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            wrong.append(f"{name!r} leads back to itself")
            return
        if name not in found.tree:
            wrong.append(f"{above[-1]!r} leads to {name!r}, which is not there")
            return
        seen.add(name)
        for option in found.tree[name].options:
            if bool(option.to) == bool(option.use):
                wrong.append(f"{option.label!r} must lead either to a question or to engines")
            named.update(option.use)
            if option.to:
                visit(option.to, (*above, name))

    visit(START, (START + "'s caller",))
    wrong += [f"nobody reaches {name!r}" for name in found.tree.keys() - seen]
    wrong += [f"{name!r} is no engine of the list" for name in named - found.engines.keys()]
    wrong += [f"no way leads to {name!r}" for name in found.engines.keys() - named]
    return wrong
