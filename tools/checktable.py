"""The table at the end of `make check`."""

from __future__ import annotations

from typing import Any

HEAD = (
    f"{'notebook':32} {'executed':>8} {'compared':>8} {'skipped':>7} {'failed':>6} {'seconds':>8}"
)


def table(result: dict[str, Any]) -> str:
    """One line per notebook, then why cells and tests were skipped or failed."""
    lines = []
    if result["notebooks"]:
        lines += [HEAD, "-" * len(HEAD)]
    for name, counts in result["notebooks"].items():
        lines.append(
            f"{name[:32]:32} {counts['executed']:8} {counts['compared']:8} {counts['skipped']:7} "
            f"{counts.get('failed', 0):6} {counts['seconds']:8.1f}"
        )
        lines += [f"    skipped: {reason}" for reason in counts.get("reasons", [])]
        lines += [f"    FAILED: {failure}" for failure in counts.get("failures", [])]
    if result["notebooks"]:
        total = {
            key: sum(counts.get(key, 0) for counts in result["notebooks"].values())
            for key in ("executed", "compared", "skipped", "failed", "seconds")
        }
        name = f"{len(result['notebooks'])} notebooks"
        lines += [
            "-" * len(HEAD),
            f"{name:32} {total['executed']:8} {total['compared']:8} {total['skipped']:7} "
            f"{total['failed']:6} {total['seconds']:8.1f}",
        ]
    if result.get("skipped"):
        lines += ["", "Skipped tests, and why:", *[f"    {line}" for line in result["skipped"]]]
    failed = [name for name, check in result.get("static", {}).items() if not check["passed"]]
    if failed:
        lines += ["", "Failed checks: " + ", ".join(failed)]
    return "\n".join(lines)


def closing_line(result: dict[str, Any]) -> str:
    """The last line: `123 passed, 0 failed, 2 skipped`, with the time before it."""
    tests = result["tests"]
    return (
        f"\nbuild/check.json written; {result['seconds']:.0f} s\n"
        f"{tests['passed']} passed, {tests['failed']} failed, {tests['skipped']} skipped"
    )
