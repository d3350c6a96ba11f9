"""The status page: what the last `make check` ran, how long it took, and with which versions."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = (
    "selfhost", "xllamacpp", "ollama", "openai", "torch", "transformers", "llama-cpp-python",
    "ctranslate2", "onnxruntime", "openvino", "openai-whisper", "coqui-tts", "jupyterlab", "nbval",
)  # fmt: skip


def status_page(check: Path) -> str:
    """The page in Markdown, from build/check.json; honest when there is none."""
    lines = ["# Status", ""]
    try:
        result: dict[str, Any] = json.loads(check.read_text(encoding="utf-8"))
    except FileNotFoundError:
        lines += [":::{warning}", "No check was run before this site was built: `make check`."]
        lines += [":::", ""]
        return "\n".join([*lines, *versions()]) + "\n"
    when = datetime.fromtimestamp(check.stat().st_mtime, UTC)
    tests, machine = result["tests"], result.get("machine", {})
    outcome = "passed" if not tests["failed"] else f"**{tests['failed']} failed**"
    lines += [
        f"`make check` of {when:%Y-%m-%d %H:%M} UTC: {outcome}; {tests['passed']} tests and cells "
        f"passed, {tests['skipped']} skipped, in {result['seconds'] / 60:.1f} minutes, on "
        f"{machine.get('system', '?')}, {machine.get('cores', '?')} cores, Python "
        f"{machine.get('python', '?')}.",
        "",
        "| notebook | cells run | compared | skipped | failed | seconds |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, book in sorted(result.get("notebooks", {}).items()):
        numbers = [str(book[key]) for key in ("executed", "compared", "skipped", "failed")]
        lines.append(f"| {name} | {' | '.join(numbers)} | {book['seconds']:.1f} |")
    if not result.get("notebooks"):
        lines.append("| none was run | | | | | |")
    lines += [
        "",
        "*Compared*: the output must be the stored one, letter by letter. The others depend on the "
        "model, the machine or time: they are run, and must not fail.",
        "",
    ]
    reasons = sorted({reason for reason in result.get("skipped", []) if reason})
    if reasons:
        lines += ["## Skipped, and why", "", *(f"- {reason}" for reason in reasons), ""]
    lines += speech(check.with_name("speech.json"))
    return "\n".join([*lines, *versions()]) + "\n"


def speech(path: Path) -> list[str]:
    """What notebook 12 measured when it last ran here."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["round_trip"]
        rates = found["word_error_rate"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    lines = ["## The round trip of speech", ""]
    lines += [
        f"{found['sentences']} sentences spoken and heard again by oido (notebook 12, "
        f"{str(found['measured'])[:10]}): words that came back wrong.",
        "",
        "| language | voice | word error rate |",
        "|---|---|---:|",
    ]
    for language, voices in rates.items():
        lines += [f"| {language} | {voice} | {rate:.1%} |" for voice, rate in voices.items()]
    return [*lines, ""]


def versions() -> list[str]:
    """Versions of the packages that matter, as they are installed here."""
    lines = ["## Versions", "", "| package | version |", "|---|---|"]
    for name in PACKAGES:
        try:
            lines.append(f"| {name} | {version(name)} |")
        except PackageNotFoundError:
            lines.append(f"| {name} | not installed |")
    return lines
