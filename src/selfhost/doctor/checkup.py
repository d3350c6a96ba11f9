"""All checks at once, each on a thread of its own, within a time."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from selfhost.doctor import kit, network, programs, system
from selfhost.doctor.machine import Check, Machine

Probe = Callable[[], Check | list[Check]]
Answers = queue.Queue[tuple[int, list[Check]]]
SECONDS = 1.8  # for all checks of this computer together
SECONDS_NETWORK = network.TIMEOUT + 1.0


def examine(network: bool = False, machine: Machine | None = None) -> list[Check]:
    """Run every check; `network` also asks whether the outside can be reached.

    A check that does not end in time, or trips over a fault of its own, is a `warn` that says so:
    the doctor must never be what is ill.
    """
    probes = _probes(machine or Machine(), network)
    answers: Answers = queue.Queue()
    for index, (name, probe) in enumerate(probes):
        # Daemons: a probe that hangs must not keep the program from ending.
        threading.Thread(
            target=_run, args=(index, name, probe, answers), daemon=True, name=f"doctor: {name}"
        ).start()
    end = time.monotonic() + (SECONDS_NETWORK if network else SECONDS)
    found: dict[int, list[Check]] = {}
    while len(found) < len(probes):
        try:
            index, checks = answers.get(timeout=max(0.0, end - time.monotonic()))
        except queue.Empty:
            break
        found[index] = checks
    result = []
    for index, (name, _) in enumerate(probes):
        late = [Check(name, "warn", "did not answer in time", "run selfhost doctor again")]
        result += found.get(index, late)
    return result


def summary(checks: list[Check]) -> dict[str, Any]:
    """How many of each status, and whether the course can run."""
    count = {status: sum(c.status == status for c in checks) for status in ("ok", "warn", "fail")}
    return {**count, "ready": count["fail"] == 0}


def _run(
    index: int, name: str, probe: Probe, answers: queue.Queue[tuple[int, list[Check]]]
) -> None:
    try:
        result = probe()
    except Exception as error:
        words = f"could not be checked ({type(error).__name__}: {str(error)[:100]})"
        result = Check(name, "warn", words, "selfhost doctor --json, and report this line")
    answers.put((index, result if isinstance(result, list) else [result]))


def _probes(machine: Machine, reach: bool) -> list[tuple[str, Probe]]:
    built = kit.version_of("llama-cpp-python")
    probes: list[tuple[str, Probe]] = [
        ("Python", partial(system.python, machine)),
        ("packages", partial(kit.packages, machine)),
        ("notebook kernel", partial(kit.kernel, machine)),
        ("shipped models", partial(kit.models, machine)),
        ("endpoint", partial(kit.endpoint, machine)),
        ("ports", partial(kit.ports, machine)),
        ("memory", partial(system.memory, machine)),
        ("disk", partial(system.disk, machine)),
        ("processor", partial(system.processor, machine)),
        ("folder", partial(system.folder, machine)),
        ("proxy", partial(system.proxy, machine)),
        ("compiler", partial(system.compiler, machine, built)),
        ("Ollama", partial(programs.ollama, machine)),
        ("Open WebUI", partial(programs.open_webui, machine)),
        ("Jan", partial(programs.jan, machine)),
        ("speech programs", partial(programs.speech, machine)),
    ]
    if reach:
        probes += [
            (f"network: {label}", partial(network.reach, machine, label, url))
            for label, url in network.places(machine)
        ]
    return probes
