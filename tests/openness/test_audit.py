"""Audits of files and folders: what counts as evidence, what does not, and honest failures."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from selfhost import KitError
from selfhost.openness.audit import audit
from selfhost.openness.compare import compare
from selfhost.openness.frontmatter import read_card
from selfhost.openness.licence_text import MODIFIED, identify
from selfhost.openness.report import lines, table
from selfhost.openness.yamlio import describe, write
from selfhost.paths import shipped_models

APRENDIZ = shipped_models() / "aprendiz"
APACHE = (APRENDIZ / "LICENSE").read_text(encoding="utf-8")
MIT = """MIT License

Copyright (c) 2026 Somebody

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""
CARD = "---\nlicense: {licence}\n---\n# A model\n" + "It does things, and we say which. " * 12


def folder(tmp_path: Path, **files: str) -> Path:
    """A release folder; names with __ become sub-folders, a trailing _ext a suffix."""
    for name, text in files.items():
        path = tmp_path / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def said(verdict: object) -> str:
    return " | ".join(f.text for f in verdict.evidence)  # type: ignore[attr-defined]


# --- licence texts ----------------------------------------------------------------------------


def test_standard_texts_are_recognised_word_by_word() -> None:
    assert identify(MIT).licence == "MIT"
    assert identify(APACHE).licence == "Apache-2.0"
    assert identify(MIT.replace("\n", " \r\n")).licence == "MIT", "line ends do not matter"
    assert identify(MIT.replace("Somebody", "A Firm with a Very Long Name Ltd")).licence == "MIT"


def test_added_words_make_another_licence() -> None:
    clause = "\nThe Software may not be used by firms with more than one hundred employees.\n"
    for written in ("The MIT License (MIT)\n\n", "Project X\n\n"):
        assert identify(MIT.replace("MIT License\n\n", written)).licence == "MIT"
    for text, was, now in ((APACHE, "irrevocable", "revocable"), (MIT, "without", "with"),
                           (MIT, "free of charge", "for a fee"), (APACHE, "worldwide, ", ""),
                           (MIT, "person obtaining", "student obtaining")):  # fmt: skip
        changed = identify(text.replace(was, now))
        assert changed.licence == MODIFIED, (was, now)
        assert was.strip(" ,").split()[0] in changed.how
    match = identify(MIT.replace("\nTHE SOFTWARE", clause + "\nTHE SOFTWARE"))
    assert match.licence == MODIFIED and match.base == "MIT"
    assert "one hundred employees" in match.how
    sentence = "   You may not compete with us, nor help anybody who does.\n   2. Grant"
    long = identify(APACHE.replace("   2. Grant", sentence))
    assert long.licence == MODIFIED, "one sentence in eleven thousand characters"


def test_missing_words_make_another_licence() -> None:
    cut = MIT.replace("to use, copy, modify, merge, publish, distribute, sublicense, and/or sell\n",
                      "to use\n")  # fmt: skip
    assert identify(cut).licence == MODIFIED
    assert "left out" in identify(cut).how


@pytest.mark.parametrize(
    ("text", "licence"),
    [
        ("SPDX-License-Identifier: CC-BY-4.0\n", "CC-BY-4.0"),
        ("Apache License 2.0", "Apache-2.0"),
        ("All rights reserved.", None),
        ("", None),
        ("word " * 500, None),
        ("META LLAMA 3 COMMUNITY LICENSE AGREEMENT\nMeta Llama 3 Version Release Date: April 18",
         "LicenseRef-llama-3"),
        ("TENCENT HUNYUAN COMMUNITY LICENSE AGREEMENT\nnot in the EU",
         "LicenseRef-tencent-hunyuan-community"),
    ],
)  # fmt: skip
def test_other_texts(text: str, licence: str | None) -> None:
    assert identify(text).licence == licence


# --- model cards ------------------------------------------------------------------------------


def test_front_matter() -> None:
    card = read_card("---\nlicense: apache-2.0\ndatasets: [a/b]\ntags: [x]\n---\nSee arxiv.org/abs/"
                     "2403.13784. We are **open-source**!\n")  # fmt: skip
    assert (card.licence, card.datasets, card.papers) == ("apache-2.0", ("a/b",), ("2403.13784",))
    assert "open-source" in card.claims_open_source
    assert read_card("no front matter").licence == ""
    broken = read_card("---\nlicense: [\n---\n")
    assert broken.problem.startswith("README.md, line 1")


# --- folders ----------------------------------------------------------------------------------


def test_empty_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(KitError, match="nothing in"):
        audit(tmp_path)


def test_a_card_that_says_more_than_the_licence(tmp_path: Path) -> None:
    verdict = audit(folder(tmp_path, **{
        "README.md": CARD.format(licence="mit") + " The most open source model.",
        "LICENSE": MIT.replace("\nTHE", "\nNot for use in schools, hospitals or any public office "
                               "at all.\n\nTHE"),
        "model.safetensors": "x",
    }))  # fmt: skip
    assert verdict.spectrum.name == "available weights"
    assert "the text counts" in said(verdict) and "claims" in said(verdict)


def test_licence_only_in_the_card_counts_with_a_note(tmp_path: Path) -> None:
    verdict = audit(folder(tmp_path, **{
        "README.md": CARD.format(licence="apache-2.0"), "model.safetensors": "x"}))  # fmt: skip
    assert verdict.spectrum.name == "open weight"
    assert "no LICENSE file" in said(verdict)


def test_licence_other_uses_its_name(tmp_path: Path) -> None:
    card = CARD.format(licence="other\nlicense_name: mrl")
    verdict = audit(folder(tmp_path, **{"README.md": card, "model.safetensors": "x"}))
    assert verdict.states["parameters_final"].terms.expression == "LicenseRef-mistral-research"


def test_no_licence_at_all(tmp_path: Path) -> None:
    verdict = audit(folder(tmp_path, **{"model.safetensors": "x"}))
    assert verdict.states["parameters_final"].status == "unlicensed"
    assert "neither a LICENSE file" in said(verdict)


def test_missing_shards_are_found(tmp_path: Path) -> None:
    index = {"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}
    verdict = audit(folder(tmp_path, **{
        "LICENSE": APACHE, "model-1.safetensors": "x",
        "model.safetensors.index.json": json.dumps(index)}))  # fmt: skip
    assert verdict.states["parameters_final"].status == "absent"
    assert "1 of them are not there (model-2.safetensors)" in said(verdict)


@pytest.mark.parametrize("text", ["{", "[]", '{"weight_map": 3}'])
def test_broken_json_files_are_told_and_not_fatal(tmp_path: Path, text: str) -> None:
    verdict = audit(folder(tmp_path, **{
        "LICENSE": APACHE, "model.safetensors": "x", "config.json": text,
        "model.safetensors.index.json": text}))  # fmt: skip
    assert verdict.spectrum.name == "open weight"
    assert "cannot be read as an index" in said(verdict)


def test_config_of_a_known_architecture_and_of_an_unknown_one(tmp_path: Path) -> None:
    files = {"LICENSE": APACHE, "model.safetensors": "x"}
    known = folder(tmp_path / "a", **files, **{"config.json": '{"model_type": "olmo2"}'})
    assert audit(known).states["architecture"].open
    strange = folder(tmp_path / "b", **files, **{"config.json": '{"model_type": "zzz"}'})
    assert audit(strange).states["architecture"].status == "absent"
    assert "not on our list" in said(audit(strange))


def test_licences_of_subfolders_and_spdx_tags(tmp_path: Path) -> None:
    verdict = audit(folder(tmp_path, **{
        "LICENSE": APACHE, "model.safetensors": "x", "data__corpus.jsonl": "{}",
        "data__LICENSE": "SPDX-License-Identifier: CC-BY-NC-4.0",
        "train.py": "# SPDX-License-Identifier: GPL-3.0-only\n",
        "inference.py": "# mine\n"}))  # fmt: skip
    got = {k: verdict.states[k].terms.expression
           for k in ("datasets", "training_code", "inference_code")}  # fmt: skip
    assert got == {"datasets": "CC-BY-NC-4.0", "training_code": "GPL-3.0-only",
                   "inference_code": "Apache-2.0"}  # fmt: skip


def test_licence_files_for_one_kind_of_content(tmp_path: Path) -> None:
    verdict = audit(folder(tmp_path, **{
        "LICENSE": APACHE, "LICENSE-CODE": MIT, "model.safetensors": "x", "train.py": "x",
        "LICENSE-docs.md": "SPDX-License-Identifier: CC-BY-4.0", "REPORT.md": "x"}))  # fmt: skip
    got = {k: verdict.states[k].terms.expression
           for k in ("parameters_final", "training_code", "technical_report")}  # fmt: skip
    assert got == {"parameters_final": "Apache-2.0", "training_code": "MIT",
                   "technical_report": "CC-BY-4.0"}  # fmt: skip


def test_a_copy_of_the_final_weights_is_no_intermediate_state(tmp_path: Path) -> None:
    made = folder(tmp_path, **{
        "LICENSE": APACHE, "model.safetensors": "final",
        "stage1__model.safetensors": "final"})  # fmt: skip
    verdict = audit(made)
    assert not verdict.states["parameters_intermediate"].published
    assert "byte for byte" in said(verdict)
    (made / "stage1" / "model.safetensors").write_text("other", encoding="utf-8")
    assert audit(made).states["parameters_intermediate"].open


def test_an_empty_data_file_is_no_data(tmp_path: Path) -> None:
    verdict = audit(folder(tmp_path, **{
        "LICENSE": APACHE, "model.safetensors": "x", "data__corpus.jsonl": ""}))  # fmt: skip
    assert not verdict.states["datasets"].published


# --- descriptions in folders -------------------------------------------------------------------

TOLD = """framework: {{name: Model Openness Framework, version: '1.0', date: '2024-12-15'}}
release:
  name: Told
  license: {{distribution: {{name: {licence}}}}}
  components:
    - {{name: Model parameters (Final), component_path: model.safetensors}}
    - {{name: Training code, component_path: {training}}}
    - {{name: Datasets, component_path: 'https://example.org/data'}}
    - {{name: Research paper}}
"""


def described(tmp_path: Path, training: str = "train.py", licence: str = "Apache-2.0") -> object:
    return audit(folder(tmp_path, **{
        "LICENSE": APACHE, "model.safetensors": "x", "train.py": "x",
        "openness.yaml": TOLD.format(training=training, licence=licence)}))  # fmt: skip


def test_declared_paths_are_checked(tmp_path: Path) -> None:
    verdict = described(tmp_path)
    assert verdict.states["training_code"].open  # type: ignore[attr-defined]
    assert "train.py, which is there" in said(verdict)
    assert "was not opened" in said(verdict)
    assert verdict.states["research_paper"].status == "unknown"  # type: ignore[attr-defined]


def test_a_declared_file_that_is_not_there_does_not_count(tmp_path: Path) -> None:
    verdict = described(tmp_path, "nowhere.py")
    assert not verdict.states["training_code"].published  # type: ignore[attr-defined]
    assert "nowhere.py, which is not there" in said(verdict)


def test_a_declared_path_may_not_leave_the_release(tmp_path: Path) -> None:
    verdict = described(tmp_path, "../../../etc/hostname")
    assert not verdict.states["training_code"].published  # type: ignore[attr-defined]
    assert "outside the release" in said(verdict)


def test_the_licence_text_counts_before_the_description(tmp_path: Path) -> None:
    verdict = described(tmp_path, licence="CC0-1.0")
    assert verdict.states["training_code"].terms.expression == "Apache-2.0"  # type: ignore[attr-defined]
    assert "the text counts" in said(verdict)


def test_a_description_alone_says_that_nothing_was_opened(tmp_path: Path) -> None:
    path = tmp_path / "told.yaml"
    path.write_text(TOLD.format(training="x", licence="MIT"), encoding="utf-8")
    assert "no file of the release was opened" in said(audit(path))


def test_what_an_audit_finds_can_be_written_and_audited(tmp_path: Path) -> None:
    verdict = audit(APRENDIZ)
    path = tmp_path / "aprendiz.yaml"
    write(describe(verdict.release), path)
    again = audit(path)
    assert (again.spectrum.name, again.mof.name) == (verdict.spectrum.name, verdict.mof.name)


# --- single files -------------------------------------------------------------------------------


def test_gguf_header() -> None:
    verdict = audit(APRENDIZ / "aprendiz-F16.gguf")
    assert verdict.spectrum.name == "open weight"
    assert "architecture gemma3" in said(verdict)
    assert "which llama.cpp implements" in said(verdict)


def test_safetensors_header_without_a_licence() -> None:
    verdict = audit(APRENDIZ / "model.safetensors")
    assert verdict.spectrum.name == "available weights"
    assert verdict.states["parameters_final"].status == "unclear"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.gguf", b"GGUF"),
        ("x.gguf", b"nothing like it"),
        ("x.safetensors", b""),
        ("x.safetensors", b"\xff" * 16),
        ("x.safetensors", b"\x08\x00\x00\x00\x00\x00\x00\x00not json"),
        ("x.docx", b"x"),
        ("x.yaml", b"\xff\xfe"),
    ],
)
def test_broken_files_are_one_sentence(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(KitError) as caught:
        audit(path)
    assert "\n" not in caught.value.message


def test_a_broken_gguf_in_a_folder_is_told(tmp_path: Path) -> None:
    verdict = audit(folder(tmp_path, **{"LICENSE": APACHE, "model.gguf": "GGUF broken"}))
    assert any(f.met is None and "model.gguf" in f.text for f in verdict.evidence)


def test_names() -> None:
    assert audit("aprendiz").release.name == "aprendiz"
    assert audit("kimi-k2").spectrum.name == "available weights"
    with pytest.raises(KitError, match="no file, shipped model or catalogue entry"):
        audit("no such thing")


def test_a_data_set_has_a_licence_and_no_class() -> None:
    with pytest.raises(KitError, match=r"FineWeb is of the kind 'dataset'.*ODC-By-1.0"):
        audit("fineweb")


def test_a_file_that_may_not_be_read_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = folder(tmp_path, **{"LICENSE": APACHE, "model.safetensors": "x"})

    def refuse(path: Path) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("selfhost.openness.evidence.text_of", refuse)
    with pytest.raises(KitError, match="LICENSE cannot be read: Permission denied"):
        audit(made)


# --- the shipped model ---------------------------------------------------------------------------


def copy_of_aprendiz(tmp_path: Path) -> Path:
    """The shipped release as the only part of a checkout, without its GGUF files."""
    copied = tmp_path / "kit" / "models" / "aprendiz"
    skip = shutil.ignore_patterns("*.gguf", "*.pt", "__pycache__")
    shutil.copytree(APRENDIZ, copied, ignore=skip)
    for name in ("pyproject.toml", "constraints.txt"):
        shutil.copy(APRENDIZ.parents[1] / name, tmp_path / "kit" / name)
    return copied


def test_the_shipped_model_is_judged_by_its_files(tmp_path: Path) -> None:
    """With every file that its description names it is reproducible and MOF class I; each part
    taken away takes what it stands for. Nothing about the class is typed in."""
    copied = copy_of_aprendiz(tmp_path)
    if not (copied / "REPORT.md").is_file():
        (copied / "REPORT.md").write_text("# Report\n", encoding="utf-8")
    early = copied / "stage1" / "model.safetensors"
    early.parent.mkdir(exist_ok=True)
    early.write_bytes((copied / "model.safetensors").read_bytes()[:-1] + b"\x01")
    whole = audit(copied)
    assert (whole.spectrum.name, whole.mof.name, whole.osaid.answer) == ("reproducible", "I", True)
    assert whole.states["datasets"].terms.expression == "CC-BY-4.0"

    early.unlink()
    less = audit(copied)
    assert (less.spectrum.name, less.mof.name) == ("reproducible", "II")
    assert [f.components for f in less.mof.missing()] == [("parameters_intermediate",)]
    shutil.rmtree(copied / "corpus")
    assert audit(copied).spectrum.name == "open source"
    (copied / "train.py").unlink()
    assert audit(copied).spectrum.name == "open weight"
    for path in [*copied.glob("LICENSE*"), copied / "README.md", copied / "openness.yaml"]:
        path.unlink()
    assert audit(copied).spectrum.name == "available weights"


def test_the_shipped_models_verdict_agrees_with_its_evidence() -> None:
    """Reproducible exactly when no requirement of the classes is open; else it says which."""
    verdict = audit(APRENDIZ)
    missing = {key for f in verdict.missing() for key in f.components}
    if not missing:
        assert (verdict.spectrum.name, verdict.mof.name) == ("reproducible", "I")
    else:
        assert all(not verdict.states[key].open for key in missing)
        assert {
            key for f in verdict.evidence if f.met is not True for key in f.components
        } & missing


# --- for people ----------------------------------------------------------------------------------


def test_report_and_comparison() -> None:
    left, right = audit("qwen3"), audit("olmo-2")
    text = "\n".join(lines(left))
    assert text.startswith("Qwen3: open weight")
    assert "Training code: not published" in text
    assert "Missing for the class 'open source'" in text
    assert max(map(len, text.splitlines())) <= 100
    gemma = lines(audit("gemma-3"))
    assert sum("prohibited use policy" in line for line in gemma) == 1  # told once, in full
    assert sum("is not open (see above)" in line for line in gemma) > 2
    assert not any("…" in line or "commercial use: allowed" in line for line in gemma)
    ours = lines(audit("aprendiz"))
    assert not any(line.endswith("which is there") for line in ours)
    assert any("openness.yaml gives a path for" in line for line in ours)
    assert sum("made for code, and this is" in line for line in ours) <= 2
    both = compare(left, right)
    assert "class" in both["differs"] and "Model architecture" not in both["differs"]
    shown = "\n".join(table(both))
    assert "* Datasets" in shown and "Qwen3" in shown and "OLMo 2" in shown
