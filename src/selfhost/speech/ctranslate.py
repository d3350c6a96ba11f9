"""The same weights through another engine: a Whisper checkpoint for CTranslate2 (faster-whisper).

CTranslate2's own converter reads Hugging Face's form of Whisper only, and needs its tokenizer
from the network. This one reads OpenAI's form, and makes the tokenizer from the file that lies in
the `whisper` package; names of layers as in `ctranslate2.specs`.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

from selfhost.errors import KitError
from selfhost.paths import store_dir
from selfhost.speech import checkpoints, download
from selfhost.speech.hearing import Wav, checkpoint, language_code
from selfhost.speech.reading import read
from selfhost.speech.sound import RATE, Samples, Sound, package

# The pattern of `whisper.tokenizer.get_encoding`.
_WORDS = r"""'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""


def transcribe(
    wav: Wav, language: str | None = None, model: str | Path | None = None, kind: str = "float32"
) -> str:
    """The text of a short recording by faster-whisper, greedy. `kind`: float32 or int8.

    Raises `KitError`: package missing, bad file or checkpoint.
    """
    engine = load(model, kind)
    segments, _ = engine.transcribe(
        _samples(wav), language=language_code(language), beam_size=1, temperature=0.0
    )
    return " ".join(each.text.strip() for each in segments)


def load(model: str | Path | None = None, kind: str = "float32") -> Any:
    """faster-whisper's model of a checkpoint, converted when that has not been done yet."""
    return _load(converted(checkpoint(model)), kind)


@lru_cache(maxsize=2)
def _load(folder: Path, kind: str) -> Any:
    fast = package("faster_whisper", "faster-whisper")
    return fast.WhisperModel(str(folder), device="cpu", compute_type=kind)


def converted(path: Path) -> Path:
    """The folder of a converted checkpoint in the kit's store; made once per content.

    Numbers are kept in 16 bits, as in the checkpoint; the engine widens or rounds them on loading.
    """
    folder = store_dir() / "ctranslate2" / f"{path.stem}-{download.digest(path)[:16]}"
    if (folder / "model.bin").is_file():
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".new-"))
    except OSError as error:
        raise KitError(
            f"The converted model cannot be written to {folder.parent} "
            f"({error.strerror or error}).",
            "set SELFHOST_MODELS to another folder",
        ) from error
    try:
        convert(path, fresh)
        fresh.replace(folder)
    except OSError:
        if not (folder / "model.bin").is_file():  # another process was faster
            raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return folder


def convert(path: Path, folder: Path) -> None:
    """Write `model.bin`, `vocabulary.json`, `config.json` and `tokenizer.json`."""
    content = checkpoints.load(path)
    dims, weights = content["dims"], content["model_state_dict"]
    tables = {name: value.float().numpy() for name, value in weights.items()}
    specs = package("ctranslate2.specs", "ctranslate2")
    spec = specs.WhisperSpec(
        dims["n_audio_layer"], dims["n_audio_head"], dims["n_text_layer"], dims["n_text_head"]
    )
    _encoder(spec.encoder, tables)
    _decoder(spec.decoder, tables)
    tokens = vocabulary()
    spec.register_vocabulary(tokens)
    tokenizer = package("whisper.tokenizer", "openai-whisper").get_tokenizer(multilingual=True)
    spec.config.suppress_ids = list(tokenizer.non_speech_tokens)
    spec.config.suppress_ids_begin = [*tokenizer.encode(" "), tokenizer.eot]
    spec.config.lang_ids = list(tokenizer.all_language_tokens)
    half = dims["n_text_layer"] // 2
    spec.config.alignment_heads = [
        (layer, head)
        for layer in range(half, dims["n_text_layer"])
        for head in range(dims["n_text_head"])
    ]
    spec.validate()
    spec.optimize(quantization="float16")
    spec.save(str(folder))
    _write_tokenizer(folder / "tokenizer.json", tokens)


def _encoder(spec: Any, tables: dict[str, Any]) -> None:
    for conv in ("conv1", "conv2"):
        part = getattr(spec, conv)
        part.weight = tables[f"encoder.{conv}.weight"]
        part.bias = tables[f"encoder.{conv}.bias"]
    spec.position_encodings.encodings = tables["encoder.positional_embedding"]
    _norm(spec.layer_norm, tables, "encoder.ln_post")
    for number, layer in enumerate(spec.layer):
        _block(layer, tables, f"encoder.blocks.{number}")


def _decoder(spec: Any, tables: dict[str, Any]) -> None:
    spec.embeddings.weight = tables[checkpoints.TABLE]
    spec.projection.weight = tables[checkpoints.TABLE]
    spec.position_encodings.encodings = tables["decoder.positional_embedding"]
    _norm(spec.layer_norm, tables, "decoder.ln")
    for number, layer in enumerate(spec.layer):
        name = f"decoder.blocks.{number}"
        _block(layer, tables, name)
        _norm(layer.attention.layer_norm, tables, f"{name}.cross_attn_ln")
        fuse = package("ctranslate2.specs.common_spec", "ctranslate2").LinearSpec
        parts = [_linear(fuse(), tables, f"{name}.cross_attn.{each}")
                 for each in ("query", "key", "value")]  # fmt: skip
        _fuse(layer.attention.linear[0], parts[:1])
        _fuse(layer.attention.linear[1], parts[1:])
        _linear(layer.attention.linear[2], tables, f"{name}.cross_attn.out")


def _block(layer: Any, tables: dict[str, Any], name: str) -> None:
    make = package("ctranslate2.specs.common_spec", "ctranslate2").LinearSpec
    _norm(layer.self_attention.layer_norm, tables, f"{name}.attn_ln")
    parts = [_linear(make(), tables, f"{name}.attn.{each}") for each in ("query", "key", "value")]
    _fuse(layer.self_attention.linear[0], parts)
    _linear(layer.self_attention.linear[1], tables, f"{name}.attn.out")
    _norm(layer.ffn.layer_norm, tables, f"{name}.mlp_ln")
    _linear(layer.ffn.linear_0, tables, f"{name}.mlp.0")
    _linear(layer.ffn.linear_1, tables, f"{name}.mlp.2")


def _linear(spec: Any, tables: dict[str, Any], name: str) -> Any:
    spec.weight = tables[f"{name}.weight"]
    if f"{name}.bias" in tables:  # Whisper's keys have none
        spec.bias = tables[f"{name}.bias"]
    return spec


def _fuse(spec: Any, parts: list[Any]) -> None:
    package("ctranslate2.converters.utils", "ctranslate2").fuse_linear(spec, parts)


def _norm(spec: Any, tables: dict[str, Any], name: str) -> None:
    spec.gamma, spec.beta = tables[f"{name}.weight"], tables[f"{name}.bias"]


def _byte_letters() -> list[str]:
    """GPT-2's letter for each byte, so that any bytes are printable text."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = iter(range(256, 512))
    return [chr(byte) if byte in plain else chr(next(others)) for byte in range(256)]


def vocabulary() -> list[str]:
    """Whisper's 51,865 tokens as text, in order."""
    encoding = package("whisper.tokenizer", "openai-whisper").get_encoding("multilingual")
    letters, names = _byte_letters(), {v: k for k, v in encoding._special_tokens.items()}
    return [
        names[number]
        if number in names
        else "".join(letters[byte] for byte in encoding.decode_single_token_bytes(number))
        for number in range(encoding.n_vocab)
    ]


def _write_tokenizer(path: Path, tokens: list[str]) -> None:
    """`tokenizer.json` of the `tokenizers` library: byte-level BPE with Whisper's ranks."""
    ordinary = tokens[: next(i for i, token in enumerate(tokens) if token == "<|endoftext|>")]
    ranks = {token: rank for rank, token in enumerate(ordinary)}
    merges = []
    for token in ranks:
        pairs = [
            (ranks[token[:i]], ranks[token[i:]], i)
            for i in range(1, len(token))
            if token[:i] in ranks and token[i:] in ranks
        ]
        merges += [[token[:i], token[i:]] for _, _, i in sorted(pairs)]
    special = [
        {"id": number, "content": token, "single_word": False, "lstrip": False, "rstrip": False,
         "normalized": False, "special": True}
        for number, token in enumerate(tokens)
        if number >= len(ordinary)
    ]  # fmt: skip
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True}
    split = {"type": "Split", "pattern": {"Regex": _WORDS}, "behavior": "Isolated", "invert": False}
    steps = [split, {**level, "use_regex": False}]
    model = {"type": "BPE", "vocab": ranks, "merges": merges, "ignore_merges": True,
             "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
             "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False}  # fmt: skip
    content = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": special,
               "normalizer": None, "pre_tokenizer": {"type": "Sequence", "pretokenizers": steps},
               "post_processor": None, "decoder": {**level, "use_regex": True},
               "model": model}  # fmt: skip
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _samples(wav: Wav) -> Samples:
    if isinstance(wav, Sound):
        return wav.at(RATE).samples
    if isinstance(wav, str | os.PathLike):
        return read(Path(wav)).samples
    return wav
