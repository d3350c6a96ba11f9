# SPDX-License-Identifier: MIT
"""Train the tokenizer on the corpus, and write it in transformers' form too.

    python -m models.aprendiz.tokenizer --out build/tokenizer    # about a minute

SentencePiece BPE, 4096 pieces, byte fallback, digits one by one, Gemma's turn markers.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .corpus.stage1 import document
from .corpus.template import END, START

SEED = "tok-1"
CHARACTERS = 24_000_000  # of training text
VOCABULARY = 4096
CONTROL = ("<pad>", "<eos>", "<bos>", "<unk>")  # ids 0 to 3
BOS = 2
# A system message goes before the first user message. The template writes <bos> itself, since not
# every engine adds one to a rendered template.
CHAT_TEMPLATE = (
    "{{ bos_token }}{% if messages[0]['role'] == 'system' %}"
    "{% set first_user_prefix = messages[0]['content'] + '\n\n' %}"
    "{% set loop_messages = messages[1:] %}{% else %}{% set first_user_prefix = '' %}"
    "{% set loop_messages = messages %}{% endif %}{% for message in loop_messages %}"
    "{% if message['role'] == 'assistant' %}{% set role = 'model' %}"
    "{% else %}{% set role = message['role'] %}{% endif %}"
    "{{ '<start_of_turn>' + role + '\n' + (first_user_prefix if loop.first else '') }}"
    "{{ message['content'] | trim }}{{ '<end_of_turn>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<start_of_turn>model\n' }}{% endif %}"
)


def training_lines() -> Iterator[str]:
    """Lines of the corpus, without the turn markers."""
    r, written, documents = random.Random(SEED), 0, list[str]()
    while written < CHARACTERS:
        documents.append(document(r))
        written += len(documents[-1])
    for text in documents:
        for line in text.replace(START, "\n").replace(END, "\n").split("\n"):
            if line.strip():
                yield line


def train(path: Path) -> None:
    """Train the SentencePiece model."""
    import sentencepiece

    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=training_lines(),
        model_prefix=str(path.with_suffix("")),
        model_type="bpe",
        vocab_size=VOCABULARY,
        pad_id=0,
        eos_id=1,
        bos_id=BOS,
        unk_id=3,
        pad_piece=CONTROL[0],
        eos_piece=CONTROL[1],
        bos_piece=CONTROL[2],
        unk_piece=CONTROL[3],
        user_defined_symbols=[START, END],
        byte_fallback=True,
        split_digits=True,
        character_coverage=1.0,
        add_dummy_prefix=False,
        remove_extra_whitespaces=False,
        normalization_rule_name="identity",
        max_sentence_length=8192,
        num_threads=2,
    )
    path.with_suffix(".vocab").unlink()


def _merges(sp: Any) -> list[tuple[str, str]]:
    """BPE merges, best first: every way to put a piece together from two others."""
    ids = {sp.id_to_piece(i): i for i in range(sp.vocab_size())}
    found: list[tuple[str, str, float]] = []
    for piece, i in ids.items():
        if i < len(CONTROL) + 2 or sp.is_byte(i):
            continue
        cuts = ((piece[:k], piece[k:]) for k in range(1, len(piece)))
        pairs = [(a, b, sp.get_score(i)) for a, b in cuts if a in ids and b in ids]
        found += sorted(pairs, key=lambda m: (ids[m[0]], ids[m[1]]))
    return [(a, b) for a, b, _ in sorted(found, key=lambda m: -m[2])]


def write_for_transformers(model: Path, folder: Path) -> None:
    """``tokenizer.json`` and its companions, equal to the SentencePiece model token by token."""
    import sentencepiece
    from tokenizers import AddedToken, Tokenizer, decoders, normalizers, pre_tokenizers, processors
    from tokenizers.models import BPE

    sp = sentencepiece.SentencePieceProcessor(model_file=str(model))
    vocabulary = {sp.id_to_piece(i): i for i in range(sp.vocab_size())}
    bpe = BPE(
        vocab=vocabulary, merges=_merges(sp), fuse_unk=True, unk_token="<unk>", byte_fallback=True
    )
    t = Tokenizer(bpe)
    t.normalizer = normalizers.Replace(" ", "▁")
    t.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    parts = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
    t.decoder = decoders.Sequence(parts)
    special = (*CONTROL, START, END)
    t.add_special_tokens([AddedToken(s, normalized=False, special=True) for s in special])
    t.post_processor = processors.TemplateProcessing(
        single="<bos> $A", pair="<bos> $A <bos> $B", special_tokens=[("<bos>", BOS)]
    )
    folder.mkdir(parents=True, exist_ok=True)
    t.save(str(folder / "tokenizer.json"))
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": "<bos>",
        "eos_token": "<eos>",
        "unk_token": "<unk>",
        "pad_token": "<pad>",
        "add_bos_token": True,
        "add_eos_token": False,
        "clean_up_tokenization_spaces": False,
        "model_max_length": 1024,
        "padding_side": "left",
        "model_input_names": ["input_ids", "attention_mask"],
        "chat_template": CHAT_TEMPLATE,
    }
    text = json.dumps(config, indent=1)
    (folder / "tokenizer_config.json").write_text(text, encoding="utf-8")
    (folder / "chat_template.jinja").write_text(CHAT_TEMPLATE, encoding="utf-8")
    if model.parent != folder:
        shutil.copyfile(model, folder / "tokenizer.model")


def main(argv: list[str] | None = None) -> None:
    """The command line."""
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    p.add_argument("--out", type=Path, required=True)
    a = p.parse_args(argv)
    a.out.mkdir(parents=True, exist_ok=True)
    train(a.out / "tokenizer.model")
    write_for_transformers(a.out / "tokenizer.model", a.out)


if __name__ == "__main__":
    main()
