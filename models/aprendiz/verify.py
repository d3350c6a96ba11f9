# SPDX-License-Identifier: MIT
"""Check that the shipped files are what the card says.

    python -m models.aprendiz.verify            # everything; minutes
    python -m models.aprendiz.verify --quick    # without scoring the benchmarks again

Needs torch, transformers, sentencepiece, gguf and llama-cpp-python.
"""

from __future__ import annotations

import argparse
import json
import random
from typing import Any

from models.checking import Check, check_sums, need, run

from .batches import document_function, stream_hash
from .evaluate import RESULTS, SHIPPED, evaluate
from .logits import MOST, MOST_WITHOUT_GELU, POSITIONS, SAME_TOP, compare
from .scoring import HERE

STREAMS = HERE / "corpus" / "streams.json"
ODD = [
    "The capital of France is",
    "ñ€ 😀 tabs\tand\n\nnewlines  double  spaces",
    "1 2 3 4567 8.9",
    "<start_of_turn>user\nWhat is 27 + 45?<end_of_turn>\n<start_of_turn>model\n",
    "",
]
CHATS: list[list[dict[str, str]]] = [
    [{"role": "user", "content": "What is the capital of France?"}],
    [
        {"role": "system", "content": "Answer with just the number."},
        {"role": "user", "content": " 2 + 2 "},
        {"role": "assistant", "content": "4"},
        {"role": "user", "content": "¿Y 3 + 3?"},
    ],
]


def documents(n: int) -> list[str]:
    """Documents of the last stage that training never saw, and odd strings."""
    document, r = document_function("stage4"), random.Random("verify")
    return [*ODD, *(document(r) for _ in range(n))]


def check_data() -> str:
    """The generator makes the same documents as when the model was trained."""
    wanted: dict[str, str] = json.loads(STREAMS.read_text(encoding="utf-8"))
    for stream, digest in wanted.items():
        need(stream_hash(stream.rpartition("-")[0], stream) == digest, f"{stream} differs")
    return ", ".join(wanted)


def check_tokenizer() -> str:
    """SentencePiece, transformers and llama.cpp give the same ids, and the ids give the text."""
    import llama_cpp
    import sentencepiece
    from transformers import AutoTokenizer

    sp = sentencepiece.SentencePieceProcessor(model_file=str(HERE / "tokenizer.model"))
    hf = AutoTokenizer.from_pretrained(HERE)
    cpp = llama_cpp.Llama(str(HERE / SHIPPED[0]), vocab_only=True, verbose=False)
    texts = documents(500)
    for text in texts:
        ids = sp.encode(text)
        need(sp.decode(ids) == text, f"not the same text after a round trip: {text!r}")
        other = hf(text, add_special_tokens=False)["input_ids"]
        need(other == ids, f"transformers tokenizes differently: {text!r}")
        other = cpp.tokenize(text.encode(), add_bos=False, special=True)
        need(other == ids, f"llama.cpp tokenizes differently: {text!r}")
    return f"{len(texts)} texts"


def check_template() -> str:
    """The chat template in the GGUF file renders what transformers' renders."""
    from jinja2.sandbox import ImmutableSandboxedEnvironment
    from llama_cpp import Llama
    from transformers import AutoTokenizer

    hf = AutoTokenizer.from_pretrained(HERE)
    cpp = Llama(str(HERE / SHIPPED[0]), vocab_only=True, verbose=False)
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(cpp.metadata["tokenizer.chat_template"])
    for chat in CHATS:
        theirs = hf.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
        ours = template.render(messages=chat, bos_token="<bos>", add_generation_prompt=True)
        need(ours == theirs, f"the template renders differently: {ours!r} and {theirs!r}")
    return f"{len(CHATS)} chats"


def check_logits() -> str:
    """transformers in float32 and llama.cpp on an F32 file say the same."""
    found = compare(HERE, documents(400))
    text = json.dumps(found)
    need(found["positions"] >= POSITIONS, f"too few positions: {text}")
    need(found["same_top"] >= SAME_TOP, f"another token on top: {text}")
    without = found["largest_without_feed_forward"]
    need(without <= MOST_WITHOUT_GELU, f"the logits differ: {text}")
    need(found["largest_difference"] <= MOST, f"the logits differ: {text}")
    return text


def check_scores(threads: int) -> str:
    """Scored again, the files get the figures of results.json."""
    from .engine import Engine

    wanted: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    for name in SHIPPED:
        with Engine(HERE / name, threads=threads) as engine:
            got = evaluate(engine)
        for key, share in wanted[name].items():
            # Rounding differs between processors: two answers of two hundred may too.
            need(abs(got[key] - share) <= 0.0101, f"{name}, {key}: {got[key]}, not {share}")
    return json.dumps(wanted)


def checks(*, quick: bool, threads: int) -> dict[str, Check]:
    """What is checked, by name."""
    found: dict[str, Check] = {
        "checksums": lambda: check_sums(HERE),
        "data": check_data,
        "tokenizer": check_tokenizer,
        "chat template": check_template,
        "logits": check_logits,
    }
    if not quick:
        found["scores"] = lambda: check_scores(threads)
    return found


def main(argv: list[str] | None = None) -> int:
    """The command line; the exit status is the number of failed checks."""
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    p.add_argument("--quick", action="store_true", help="do not score the benchmarks again")
    p.add_argument("--threads", type=int, default=2)
    a = p.parse_args(argv)
    return run(checks(quick=a.quick, threads=a.threads))


if __name__ == "__main__":
    raise SystemExit(main())
