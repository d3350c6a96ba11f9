# Fictional release, invented for teaching.
# SPDX-License-Identifier: Apache-2.0
"""Clean the documents of data/raw and write data/corpus.jsonl."""

import json
from pathlib import Path

seen: set[str] = set()
with Path("data/corpus.jsonl").open("w", encoding="utf-8") as out:
    for path in sorted(Path("data/raw").glob("*.txt")):
        text = path.read_text(encoding="utf-8").strip()
        if text not in seen:
            seen.add(text)
            out.write(json.dumps({"text": text}, ensure_ascii=False) + "\n")
