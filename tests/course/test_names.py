"""Which names are found in a lesson, and which look like names and are none."""

from __future__ import annotations

import pytest

from tests.course.conftest import HEADER, Course
from tools.course.check import check
from tools.course.names import names_in_code, names_in_text, split_magics


@pytest.mark.parametrize(
    ("text", "models"),
    [
        ("ask gemma3:1b a question", {"gemma3:1b"}),
        ("`llama3.2:3b-instruct-q4_K_M`", {"llama3.2:3b-instruct-q4_K_M"}),
        ("aprendiz:latest and aprendiz:q8_0", {"aprendiz:latest", "aprendiz:q8_0"}),
        ("!ollama run aprendiz 'hello'", {"aprendiz"}),
        (
            "ollama pull hf.co/bartowski/Some-Model-GGUF",
            {"hf.co/bartowski/Some-Model-GGUF", "bartowski/Some-Model-GGUF"},
        ),
        ("see https://huggingface.co/allenai/OLMo-2-0425-1B", {"allenai/OLMo-2-0425-1B"}),
        ("the weights of google/gemma-3-1b-it.", {"google/gemma-3-1b-it"}),
        ("""-d '{"model": "aprendiz", "prompt": "hi"}'""", {"aprendiz"}),
        ("http://127.0.0.1:11434/api/tags on localhost:11434", set()),
        ("https://huggingface.co/docs/hub and huggingface.co/spaces/a/b", set()),
        ("text/plain and/or 12:30 and models/aprendiz/config.json", set()),
        ("note: 3 of them, ratio 1:2", set()),
        ("`ollama run NAME`, `ollama show NAME`", set()),
        ("""'{"model": "$MODEL"}'""", set()),
    ],
)
def test_models_in_text(text: str, models: set[str]) -> None:
    assert names_in_text(text).models == models


@pytest.mark.parametrize(
    ("source", "models", "options"),
    [
        (
            "client.chat(model='gemma3', options={'seed': 1, 'temprature': 0})",
            {"gemma3"},
            {"seed", "temprature"},
        ),
        ("chat(model='x', options=dict(num_ctx=10))", {"x"}, {"num_ctx"}),
        ("body = {'model': 'tiny', 'options': {'top_k': 1}}", {"tiny"}, {"top_k"}),
        ("ChatLiteLLM(model='ollama_chat/aprendiz')", {"aprendiz"}, set()),
        ("AutoModel.from_pretrained('google/gemma-3-1b-it')", {"google/gemma-3-1b-it"}, set()),
        ("AutoModel.from_pretrained('../models/aprendiz')", set(), set()),
        ("chat(model=at.model, messages=[])", set(), set()),
        ("chat(model=f'{name}:1b')", set(), set()),
        ("text = '''FROM ./a.gguf\nPARAMETER temprature 0\n'''", set(), {"temprature"}),
        (
            """!curl $OLLAMA_HOST/api/chat -d '{"model": "tiny", "options": {"seed": 1}}'""",
            {"tiny"},
            {"seed"},
        ),
        ("plot(options={'a': 1}) if x else {'keep': {'b': 1}}", set(), {"a"}),
    ],
)
def test_models_and_options_in_code(source: str, models: set[str], options: set[str]) -> None:
    names = names_in_code(source)
    assert (names.models, names.options) == (models, options)


@pytest.mark.parametrize(
    ("source", "imports", "packages"),
    [
        ("import json, ollama\nfrom selfhost.show import picture", {"ollama", "selfhost"}, set()),
        ("import matplotlib.pyplot as plt", {"matplotlib"}, set()),
        ("def f():\n    from torch import nn", {"torch"}, set()),
        (
            "%pip install -q vllm 'open_webui>=0.5' git+https://x",
            set(),
            {"vllm", "open-webui", "git"},
        ),
        ("!pip install --index-url https://x torch==2.13.0 -r req.txt", set(), {"torch"}),
        ("run([sys.executable, '-m', 'pip', 'install', '-U', 'jan'])", set(), {"jan"}),
        ("await client.list()\nimport httpx", {"httpx"}, set()),
        ("ollama?\nimport ollama", {"ollama"}, set()),
        ("out = !ls\nimport ollama", {"ollama"}, set()),
        ("%%time\nimport ollama", {"ollama"}, set()),
        ("%%bash\nimport nothing", set(), set()),
    ],
)
def test_imports_and_packages(source: str, imports: set[str], packages: set[str]) -> None:
    names = names_in_code(source)
    assert (names.imports, names.packages - {"git"}) == (imports, packages - {"git"})


def test_magics_keep_lines_and_indentation() -> None:
    source = "x = 1\nif x:\n    !curl a \\\n      -d b\nelse:\n    %timeit x\ny = x % 2 != 3"
    python, shell = split_magics(source)
    assert python == "x = 1\nif x:\n    pass\n\nelse:\n    pass\ny = x % 2 != 3"
    assert shell == "    !curl a \\\n      -d b\n    %timeit x"


BODY = """
# %% [markdown]
# Ask `gemma3:27b`; `pip install vllm` comes first.

# %%
import nowhere
answer = dict(model="aprendiz", options={"temprature": 0})
"""


def test_the_check_names_what_the_manifest_does_not(course: Course) -> None:
    course.notebook(BODY)
    course.made()
    found = {(f.cell, f.sentence.split("`")[1]) for f in check(course.root)}
    assert found == {(2, "gemma3:27b"), (2, "vllm"), (3, "nowhere"), (3, "temprature")}
    course.manifest(
        "models: {aprendiz: shipped, 'gemma3:27b': site}\nimports: {nowhere: nowhere}\n"
        "packages: {vllm: site}\noptions: {temprature: as the lesson spells it}\n"
    )
    assert check(course.root) == []


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        ("models: [aprendiz]", "no list of names"),
        ("modles: {aprendiz: shipped}", "no section"),
        ("models: {aprendiz: }", "says nothing about itself"),
        ("models: {aprendiz: [}", "no YAML"),
    ],
)
def test_a_broken_manifest_is_a_finding(course: Course, manifest: str, words: str) -> None:
    course.manifest(manifest)
    assert any(words in f.sentence for f in check(course.root))


def test_an_import_without_a_pinned_version_is_a_finding(course: Course) -> None:
    (course.root / "constraints.txt").write_text("Ollama==0.6.3\n", encoding="utf-8")
    (finding,) = check(course.root)
    assert "ipywidgets" in finding.sentence
    (course.root / "constraints.txt").write_text("ollama==0.6.3\nipywidgets==8\n", encoding="utf-8")
    assert check(course.root) == []


def test_the_header_of_these_tests_is_the_documented_one() -> None:
    assert "format_name: percent" in HEADER
