"""Mutated model headers, and a child process that reads them under a memory limit.

    python -m tests.fuzz.headers gguf 0 3000 FOLDER

Prints one JSON line: how many were read, how many refused, what went wrong, how memory grew.
"""

from __future__ import annotations

import json
import random
import struct
import sys
import time
from pathlib import Path

EDGES = [0, 1, 7, 31, 2**16, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**60, 2**61, 2**62, 2**63 - 1,
         2**63, 2**64 - 1]  # fmt: skip
WORDS = [b"GGUF", b"general.alignment", b"\xff\xfe", b"{", b"}", b"[", b'"', b"-", b"1e999",
         b"null", b"9" * 40, b"data_offsets", b"dtype", b"shape", b"[[[[[[[[",
         b'"a":{"a":']  # fmt: skip


def text(value: bytes) -> bytes:
    return struct.pack("<Q", len(value)) + value


def gguf_header() -> bytes:
    """A small sound file: every kind of value, two tensors."""
    pairs = [
        text(b"general.architecture") + struct.pack("<I", 8) + text(b"gemma3"),
        text(b"general.alignment") + struct.pack("<II", 4, 32),
        text(b"x.float") + struct.pack("<If", 6, 0.5),
        text(b"x.flag") + struct.pack("<IB", 7, 1),
        text(b"x.long") + struct.pack("<IQ", 10, 5),
        text(b"x.list") + struct.pack("<IIQ", 9, 5, 3) + struct.pack("<3i", 1, -2, 3),
        text(b"x.words") + struct.pack("<IIQ", 9, 8, 2) + text(b"a") + text(b"\xc3\xb1"),
    ]
    tensors = [
        text(b"w") + struct.pack("<IQQIQ", 2, 32, 2, 8, 0),
        text(b"v") + struct.pack("<IQIQ", 1, 8, 0, 96),
    ]
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(pairs))
    head += b"".join(pairs) + b"".join(tensors)
    return head + b"\0" * (-len(head) % 32) + bytes(128)


def safetensors_header() -> bytes:
    """A small sound file: metadata and three tensors."""
    entries = {
        "__metadata__": {"format": "pt", "licence": "Apache-2.0"},
        "a.weight": {"dtype": "F32", "shape": [2, 4], "data_offsets": [0, 32]},
        "b.weight": {"dtype": "F16", "shape": [8], "data_offsets": [32, 48]},
        "c": {"dtype": "I64", "shape": [], "data_offsets": [48, 56]},
    }
    head = json.dumps(entries, separators=(",", ":")).encode()
    return struct.pack("<Q", len(head)) + head + bytes(56)


def mutate(sound: bytes, block: str, number: int) -> bytes:
    """The mutation with this number in this block; the same every time."""
    draw = random.Random(f"{block}-{number}")
    content = bytearray(sound)
    for _ in range(draw.randint(1, 4)):
        at = draw.randrange(max(1, len(content)))
        kind = draw.randrange(8)
        if kind == 0:
            content[at : at + 1] = bytes([draw.randrange(256)])
        elif kind == 1:
            content[at : at + 8] = struct.pack("<Q", draw.choice(EDGES))
        elif kind == 2:
            content[at : at + 4] = struct.pack("<Q", draw.choice(EDGES))[:4]
        elif kind == 3:
            del content[at:]
        elif kind == 4:
            content[at:at] = draw.choice(WORDS)
        elif kind == 5:
            end = at + draw.randint(1, 60)
            content[at:at] = content[at:end]  # a key or a tensor twice
        elif kind == 6:
            del content[at : at + draw.randint(1, 12)]
        elif digits := [i for i, byte in enumerate(content) if 48 <= byte <= 57]:
            place = draw.choice(digits)
            content[place : place + 1] = str(draw.choice(EDGES)).encode()
    return bytes(content)


def limit_memory(extra: int) -> None:
    """Let this process' address space grow by so many bytes, where the system can (not Windows)."""
    try:
        import resource
    except ImportError:
        return
    import psutil

    now = psutil.Process().memory_info().vms
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (now + extra, hard))


def memory() -> int:
    """The most memory that this process ever had, in bytes."""
    try:
        import resource
    except ImportError:
        import psutil

        return int(psutil.Process().memory_info().peak_wset)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def main(kind: str, block: str, count: int, folder: Path) -> dict[str, object]:
    from selfhost import KitError, weights

    sound = gguf_header() if kind == "gguf" else safetensors_header()
    reader = weights.read_gguf if kind == "gguf" else weights.read_safetensors
    path = folder / f"x.{kind}"
    path.write_bytes(sound)
    reader(path)  # imports what it needs before memory is counted
    limit_memory(100_000_000)
    before = memory()
    refused, read, wrong, slowest = 0, 0, list[str](), 0.0
    for number in range(count):
        content = mutate(sound, f"{kind}-{block}", number)
        path.write_bytes(content)
        start = time.perf_counter()
        try:
            info = reader(path)
        except KitError as error:
            refused += 1
            if "\n" in str(error) or len(str(error)) > 600 or "Error" in error.message:
                wrong.append(f"{number}: {error}")
        except BaseException as error:
            wrong.append(f"{number}: {type(error).__name__}: {error}")
        else:
            read += 1
            inside = all(0 <= t.offset <= t.offset + t.bytes <= len(content) for t in info.tensors)
            if not inside:
                wrong.append(f"{number}: a tensor lies outside of the file")
        slowest = max(slowest, time.perf_counter() - start)
    return {"files": count, "refused": refused, "read": read, "wrong": wrong,
            "grown": memory() - before, "slowest": slowest}  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))))
