"""Training on a CPU: LoRA with peft, or all weights, with the same data, steps and batches.

The loss counts the answer only, not the question. Batches hold items of similar length, so that
little is padded.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from selfhost.errors import KitError
from selfhost.finetune.task import Item, Pair, training
from selfhost.paths import shipped_models

#: The matrices of a layer to which LoRA adds its own.
TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
#: Called with (step, steps, loss).
Progress = Callable[[int, int, float], None]


@dataclass(frozen=True)
class Settings:
    """How to train. `rank` and `alpha` are LoRA's; a learning rate of None takes the usual one.

    `limit`: seconds of processor time; a slow machine then makes fewer steps, and the learning rate
    falls sooner. `threads`: a model this small gains little from a second one, and much is lost
    with it when something else runs.
    """

    steps: int = 180
    batch: int = 16
    rank: int = 8
    alpha: int = 16
    rate: float | None = None
    items: int = 2400
    seed: int = 1
    threads: int = 1
    limit: float = 100.0

    def __post_init__(self) -> None:
        if min(self.steps, self.batch, self.rank, self.alpha, self.items) < 1:
            raise KitError("Steps, batch, rank, alpha and items are at least 1.")


@dataclass
class Trained:
    """What came out. Bytes: of the weights, and of gradients and optimizer state on top."""

    kind: str
    trainable: int
    parameters: int
    seconds: float
    steps: int
    weight_bytes: int
    training_bytes: int
    tokens: int
    losses: list[float] = field(repr=False)
    model: Any = field(repr=False, default=None)
    folder: Path | None = None

    @property
    def share(self) -> float:
        """Trainable parameters as a share of all."""
        return self.trainable / self.parameters


def base_folder() -> Path:
    """The shipped model's safetensors with configuration and tokenizer."""
    return shipped_models() / "aprendiz"


def load(folder: Path | None = None) -> tuple[Any, Any]:
    """(model in float32, tokenizer) of a local folder. Raises `KitError` if it is not complete."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    place = folder or base_folder()
    with quiet():
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        try:
            tokenizer = AutoTokenizer.from_pretrained(place, local_files_only=True)
            model = AutoModelForCausalLM.from_pretrained(
                place, local_files_only=True, dtype=torch.float32, attn_implementation="eager"
            )
        except (OSError, ValueError, KeyError) as error:
            raise KitError(
                f"{place.name} holds no model that transformers can read "
                f"({' '.join(str(error).split())[:200]}).",
                "git checkout -- models",
            ) from error
    return model, tokenizer


def lora(
    out: Path,
    settings: Settings = Settings(),
    base: Path | None = None,
    items: Sequence[Item | Pair] | None = None,
    progress: Progress | None = None,
) -> Trained:
    """Train a LoRA adapter and save it in `out`, as peft does, with a model card.

    Raises `KitError` when the disk is full (nothing stays in `out` then) or memory runs out.
    """
    from selfhost.finetune.adapter import save

    folder = base or base_folder()
    model, tokenizer = load(folder)
    with quiet():
        from peft import LoraConfig, get_peft_model

        config = LoraConfig(
            r=settings.rank, lora_alpha=settings.alpha, target_modules=list(TARGETS),
            task_type="CAUSAL_LM", base_model_name_or_path=folder.name,
        )  # fmt: skip
        _seed(settings.seed)
        model.name_or_path = folder.name  # else peft writes this machine's path into its files
        adapted = get_peft_model(model, config)
    found = _train("LoRA", adapted, tokenizer, settings, settings.rate or 6e-3, items, progress)
    save(adapted, out, base=folder.name, trained=found)
    found.folder = out
    return found


def full(
    settings: Settings = Settings(),
    base: Path | None = None,
    items: Sequence[Item | Pair] | None = None,
    progress: Progress | None = None,
) -> Trained:
    """Train all weights with the same data; the model is in the result, nothing is saved."""
    model, tokenizer = load(base)
    _seed(settings.seed)
    return _train("full", model, tokenizer, settings, settings.rate or 1e-3, items, progress)


def _seed(number: int) -> None:
    import torch

    torch.manual_seed(number)


def _train(
    kind: str,
    model: Any,
    tokenizer: Any,
    settings: Settings,
    rate: float,
    items: Sequence[Item | Pair] | None,
    progress: Progress | None,
) -> Trained:
    import torch

    taught = items or training(settings.items, settings.seed)
    rows = [encode(tokenizer, item) for item in taught]
    weights = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=rate, weight_decay=0.0)
    warm = max(1, settings.steps // 20)
    batches = _batches(rows, settings)
    model.train()
    losses: list[float] = []
    tokens = 0
    before = torch.get_num_threads()
    torch.set_num_threads(settings.threads)
    start, cpu = time.perf_counter(), time.process_time()
    try:
        for step in range(settings.steps):
            done = max(step / settings.steps, (time.process_time() - cpu) / settings.limit)
            if done >= 1:
                break
            for group in optimizer.param_groups:
                group["lr"] = rate * min(1.0, (step + 1) / warm) * max(0.02, 1 - done)
            ids, labels, mask = next(batches)
            loss = _loss(model, ids, labels, mask)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=False)
            losses.append(float(loss.detach()))
            tokens += int(mask.sum())
            if progress is not None:
                progress(step + 1, settings.steps, losses[-1])
    except (MemoryError, RuntimeError) as error:
        if "memory" not in str(error).lower() and not isinstance(error, MemoryError):
            raise
        raise KitError(
            "Memory ran out in training; nothing was saved.",
            "a smaller batch: selfhost finetune train --batch 8",
        ) from error
    finally:
        torch.set_num_threads(before)
    seconds = time.perf_counter() - start
    model.eval()
    state = sum(
        value.numel() * value.element_size()
        for each in optimizer.state.values()
        for value in each.values()
        if hasattr(value, "numel")
    )
    gradients = sum(p.numel() * p.element_size() for p in weights)
    every = list(model.parameters())
    return Trained(
        kind, sum(p.numel() for p in weights), sum(p.numel() for p in every), seconds,
        len(losses), sum(p.numel() * p.element_size() for p in every), state + gradients,
        tokens, losses, model,
    )  # fmt: skip


def _loss(model: Any, ids: Any, labels: Any, mask: Any) -> Any:
    """Mean loss of the answer's tokens, what transformers computes from `labels`, only cheaper.

    The output matrix (vocabulary x hidden) is applied where an answer's token follows, which is a
    fifth of all places.
    """
    import torch

    whole = model.get_base_model() if hasattr(model, "get_base_model") else model
    hidden = whole.model(input_ids=ids, attention_mask=mask).last_hidden_state[:, :-1]
    wanted = labels[:, 1:]
    chosen = wanted != -100
    return torch.nn.functional.cross_entropy(whole.lm_head(hidden[chosen]), wanted[chosen])


def encode(tokenizer: Any, item: Item | Pair) -> tuple[list[int], int]:
    """Token ids of question and answer, and how many of them are the question."""
    chat = item.chat()
    question = tokenizer.apply_chat_template(chat, add_generation_prompt=True, tokenize=False)
    whole = question + item.answer + "<end_of_turn>\n"
    ask = tokenizer(question, add_special_tokens=False)["input_ids"]
    ids = tokenizer(whole, add_special_tokens=False)["input_ids"]
    return ids, len(ask)


def _batches(rows: list[tuple[list[int], int]], settings: Settings) -> Any:
    """Endless batches (ids, labels, mask) in an order that the seed decides."""
    import torch

    draw = Random(settings.seed)
    while True:
        # Sorted by length with some noise: batches of equal length, not always the same ones.
        order = sorted(range(len(rows)), key=lambda i: len(rows[i][0]) + 4 * draw.random())
        groups = [order[i : i + settings.batch] for i in range(0, len(order), settings.batch)]
        draw.shuffle(groups)
        for group in groups:
            longest = max(len(rows[i][0]) for i in group)
            ids = torch.zeros(len(group), longest, dtype=torch.long)
            labels = torch.full((len(group), longest), -100)
            mask = torch.zeros(len(group), longest, dtype=torch.long)
            for line, i in enumerate(group):
                row, question = rows[i]
                ids[line, : len(row)] = torch.tensor(row)
                labels[line, question : len(row)] = torch.tensor(row[question:])
                mask[line, : len(row)] = 1
            yield ids, labels, mask


@contextmanager
def quiet() -> Iterator[None]:
    """Hide what torchao and transformers say about hardware that is not there.

    They say it while they are imported or load weights: through loggers, through Python's stderr,
    and some of it by writing to the process' own stderr.
    """
    logging.disable(logging.WARNING)
    sys.stderr.flush()
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        kept = os.dup(2)
    except OSError:  # a process without stderr
        kept = None
    if kept is not None:
        os.dup2(null, 2)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            import transformers

            transformers.utils.logging.set_verbosity_error()
            transformers.utils.logging.disable_progress_bar()
            yield
    finally:
        logging.disable(logging.NOTSET)
        if kept is not None:
            os.dup2(kept, 2)
            os.close(kept)
        os.close(null)
