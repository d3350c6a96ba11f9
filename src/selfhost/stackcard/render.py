"""A card for people: Markdown beside the JSON, and a block for a paper's appendix."""

from __future__ import annotations

from typing import Any

from selfhost.stackcard.card import UNKNOWN, Card


def markdown(card: Card) -> str:
    """Tables of everything that is known, and a list of what is not."""
    lines = [f"# Stack card of {card.model.name}", "", paragraph(card), ""]
    unknown: list[str] = []
    for part in ("engine", "model", "serving", "hardware", "software"):
        lines += [f"## {part.capitalize()}", "", "| field | value |", "| --- | --- |"]
        for name, value in getattr(card, part).model_dump(mode="json").items():
            if value in (UNKNOWN, [], {}):
                unknown.append(f"{part}.{name}")
            else:
                lines.append(f"| {name} | {_cell(value)} |")
        lines.append("")
    lines += ["## Settings in force", "", "| setting | value | set by |", "| --- | --- | --- |"]
    for name, setting in card.settings.items():
        lines.append(f"| {_cell(name)} | {_cell(setting.value)} | {setting.origin} |")
    if not card.settings:
        lines.append("| (not told) | unknown | unknown |")
    if unknown:
        lines += ["", "Not known: " + ", ".join(unknown) + "."]
    return "\n".join(lines) + "\n"


def paragraph(card: Card) -> str:
    """A few sentences to paste into a paper's appendix."""
    model, engine, serving, machine = card.model, card.engine, card.serving, card.hardware
    quantization = ", ".join(sorted(model.quantization)) or UNKNOWN
    settings = ", ".join(f"{n} = {_plain(s.value)}" for n, s in card.settings.items()) or UNKNOWN
    gpu = f", GPU {', '.join(machine.gpus)} (driver {machine.gpu_driver})" if machine.gpus else ""
    sets = ", ".join(machine.instruction_sets) or UNKNOWN
    return (
        f"Outputs were generated on {card.created:%Y-%m-%d} with {model.name} "
        f"({model.architecture}, {_count(model.parameters)} parameters, tensors in {quantization}; "
        f"SHA-256 of the weights {model.sha256}) by {engine.name} {engine.version} "
        f"({engine.package}), reached through: {serving.api}. "
        f"Context window {serving.context_length} tokens per slot, {serving.parallel_slots} "
        f"parallel slots, prompt cache {_onoff(serving.prompt_cache)}, {serving.threads} threads, "
        f"KV cache {serving.cache_type_k}/{serving.cache_type_v}. "
        f"Sampling settings in force: {settings}. "
        f"Chat template SHA-256 {model.chat_template_sha256[:16]}; BOS added by the engine: "
        f"{_onoff(model.add_bos)}. "
        f"Hardware: {machine.cpu}, {machine.cores} cores ({sets}), {machine.ram_gib} GiB{gpu}; "
        f"{card.software.system}, Python {card.software.python}."
    )


def _count(value: int | str) -> str:
    return f"{value:,}" if isinstance(value, int) else value


def _onoff(value: bool | str) -> str:
    return value if isinstance(value, str) else ("on" if value else "off")


def _plain(value: Any) -> str:
    return "none" if value in (None, []) else str(value)


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        text = ", ".join(f"{key}: {inner}" for key, inner in value.items())
    elif isinstance(value, list):
        text = ", ".join(str(inner) for inner in value)
    else:
        text = str(value)
    return text.replace("|", "\\|").replace("\n", " ")
