"""What a notebook needs to run an experiment: a place for its results, and a bar that moves."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from selfhost.determinism import compare
from selfhost.determinism.clients import HttpClient
from selfhost.determinism.experiment import Condition, Experiment
from selfhost.determinism.runner import load, run
from selfhost.errors import KitError
from selfhost.paths import run_dir


def trial(
    at: Any,
    prompts: str | Sequence[str],
    settings: Mapping[str, Mapping[str, Any]],
    *,
    conditions: Sequence[Condition] = (Condition(),),
    repeats: int = 10,
    num_predict: int = 48,
    name: str = "trial",
    api: str | None = None,
) -> list[dict[str, Any]]:
    """Run a grid against an `Endpoint` and return its rows.

    A run of the same grid that was cut off is finished; one that was complete is made anew, so
    that what a notebook shows was always generated just now. Raises `KitError`.
    """
    chosen = (prompts,) if isinstance(prompts, str) else tuple(prompts)
    experiment = Experiment(
        chosen, settings, tuple(conditions), repeats=repeats, num_predict=num_predict
    )
    path = run_dir() / "experiments" / f"{name}.jsonl"
    try:
        kept = len(load(path, experiment))
    except KitError:
        kept = len(experiment)  # another experiment of that name: an older notebook's
    if kept >= len(experiment):
        path.unlink(missing_ok=True)
    client = HttpClient.of(at, api)
    try:
        return run(experiment, client, path, progress=_bar(len(experiment)))
    finally:
        client.close()


def _bar(total: int) -> Any:
    """A progress bar in a notebook; nothing elsewhere."""
    import importlib
    import sys

    if "IPython" not in sys.modules or total < 3:
        return None
    widgets: Any = importlib.import_module("ipywidgets")
    ipython: Any = importlib.import_module("IPython.display")
    if ipython.display is None or sys.modules["IPython"].get_ipython() is None:
        return None
    bar = widgets.IntProgress(max=total, description=f"0 of {total}")
    ipython.display(bar)

    def move(done: int, of: int) -> None:
        bar.value, bar.description = done, f"{done} of {of}"

    return move


def select(rows: Sequence[Mapping[str, Any]], **where: Any) -> list[Mapping[str, Any]]:
    """The rows whose fields have these values: `select(rows, setting="greedy")`."""
    return [row for row in rows if all(row[name] == value for name, value in where.items())]


def against(rows: Sequence[Mapping[str, Any]], reference: str) -> list[tuple[str, str, float, str]]:
    """Each condition against the reference condition, prompt by prompt and repeat by repeat.

    A line is (condition, texts that differ, RMSE of top-1 log-probabilities in nats, share of
    common top-five tokens), as `compare` defines the measures. The reference's own line compares
    its repeats with its first one.
    """
    lines = []
    for name in dict.fromkeys(row["condition"] for row in rows):
        pairs = []
        for row in select(rows, condition=name):
            repeat = 0 if name == reference else row["repeat"]
            [base] = select(
                rows, condition=reference, prompt=row["prompt"], setting=row["setting"],
                repeat=repeat,
            )  # fmt: skip
            pairs.append((_steps(base), _steps(row)))
        differ = sum([s.token for s in a] != [s.token for s in b] for a, b in pairs)
        rmse = compare.rmse_top1_logprob(pairs)
        lines.append((
            name,
            f"{differ} of {len(pairs)}",
            rmse,
            f"{compare.jaccard_top5(pairs):.1%}",
        ))
    return lines


def _steps(row: Mapping[str, Any]) -> list[compare.Step]:
    """A row's tokens as steps; the APIs give texts, so equal texts share a number."""
    return [
        compare.Step(_number(token), logprob, tuple(_number(other) for other in top5))
        for token, logprob, top5 in zip(row["tokens"], row["logprobs"], row["top5"], strict=True)
    ]


_NUMBERS: dict[str, int] = {}


def _number(token: str) -> int:
    return _NUMBERS.setdefault(token, len(_NUMBERS))


def engine_settings(model: str, questions: Sequence[str]) -> list[tuple[str, float, int]]:
    """What changes when one thing about the loading of the engine is changed.

    A line is (what was changed, largest difference of log-probabilities in nats, questions whose
    likeliest first token is another one). A model whose file is not on this machine is replaced
    by the shipped one; the first line says which was used.
    """
    from selfhost import weights
    from selfhost.determinism.inprocess import Loading, largest_difference, next_token_logprobs

    path = weights.find(model) or weights.find("aprendiz")
    if path is None:
        raise KitError("The shipped model's file is missing.", "selfhost models verify")
    prompts = [
        f"<start_of_turn>user\n{text}<end_of_turn>\n<start_of_turn>model\n" for text in questions
    ]
    changes = {
        f"nothing ({path.name} again)": Loading(),
        "2 threads": Loading(threads=2),
        "batches of 8 tokens": Loading(batch=8),
        "flash attention": Loading(flash_attention=True),
        "KV cache in float32": Loading(cache_type="f32"),
    }
    reference = next_token_logprobs(path, prompts, Loading())
    return [
        (what, *largest_difference(reference, next_token_logprobs(path, prompts, loading)))
        for what, loading in changes.items()
    ]


def native_build(model: str, questions: Sequence[str]) -> str:
    """One sentence: does llama.cpp, compiled for this machine, give the numbers of the wheel?

    The two packages do not hold the same version of llama.cpp, which the sentence says.
    """
    from selfhost import weights
    from selfhost.determinism import inprocess

    path = weights.find(model) or weights.find("aprendiz")
    if path is None:
        raise KitError("The shipped model's file is missing.", "selfhost models verify")
    prompts = [
        f"<start_of_turn>user\n{text}<end_of_turn>\n<start_of_turn>model\n" for text in questions
    ]
    try:
        native = inprocess.native_logprobs(path, prompts)
    except KitError as error:
        return str(error)
    portable = inprocess.next_token_logprobs(path, prompts, inprocess.Loading())
    largest, parted = inprocess.largest_difference(portable, native)
    return (
        f"largest difference {largest:.1e} nats, another first token in {parted} of "
        f"{len(prompts)} (the two packages hold llama.cpp of different dates as well)"
    )


def heat_map(
    counts: Sequence[Sequence[int]],
    rows: Sequence[str],
    columns: Sequence[str],
    title: str,
    most: int,
) -> Any:
    """A figure of small whole numbers, written in their fields: 1 is pale, `most` is dark."""
    from selfhost import show

    figure, axes = show.figure(2.6 + 1.5 * len(columns), 1.1 + 0.42 * len(rows))
    axes.imshow(counts, cmap="Blues", vmin=0, vmax=max(most, 2), aspect="auto")
    wrapped = [textwrap.fill(show.plain(each), 18) for each in columns]
    axes.set_xticks(range(len(columns)), wrapped)
    axes.set_yticks(range(len(rows)), [show.plain(each) for each in rows])
    for y, line in enumerate(counts):
        for x, value in enumerate(line):
            dark = value > 0.6 * max(most, 2)
            axes.text(x, y, str(value), ha="center", va="center", color="w" if dark else "k")
    show.head(axes, title)
    return figure
