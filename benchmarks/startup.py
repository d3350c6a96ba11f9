"""Start-up: the endpoint to its first answer, `import selfhost`, the doctor.

python -m benchmarks.startup
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

from benchmarks.machine import heading

REPEATS = 7


def first_answer() -> float:
    """Seconds from starting `python -m selfhost.server` to the end of a first short answer."""
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "SELFHOST_RUN": folder, "SELFHOST_MODELS": folder + "/models"}
        started = time.perf_counter()
        child = subprocess.Popen(
            [sys.executable, "-m", "selfhost.server", "--port", "0", "--lease", str(os.getpid())],
            stdout=subprocess.PIPE, text=True, encoding="utf-8", env=env,
        )  # fmt: skip
        assert child.stdout
        url = json.loads(child.stdout.readline())["url"]
        body = {
            "model": "aprendiz", "stream": False, "options": {"num_predict": 8},
            "messages": [{"role": "user", "content": "Hello!"}],
        }  # fmt: skip
        request = urllib.request.Request(
            url + "/api/chat", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request) as answer:
            answer.read()
        seconds = time.perf_counter() - started
        child.terminate()
        child.wait(30)
        child.stdout.close()
    return seconds


def command(*words: str) -> float:
    """Seconds of one command, from start to exit."""
    started = time.perf_counter()
    subprocess.run([sys.executable, *words], check=False, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> None:
    print(heading())
    bare = statistics.median(command("-c", "pass") for _ in range(REPEATS))
    rows = {
        "endpoint: start to first answer": lambda: first_answer(),
        "`import selfhost` (beyond a bare Python)": lambda: command("-c", "import selfhost") - bare,
        "`selfhost doctor`": lambda: command("-m", "selfhost.cli", "doctor"),
    }
    print("\n| what | median s | worst s |\n| --- | --- | --- |")
    for what, measure in rows.items():
        times = [measure() for _ in range(REPEATS)]
        print(f"| {what} | {statistics.median(times):.2f} | {max(times):.2f} |", flush=True)


if __name__ == "__main__":
    main()
