"""The parts that need no server: templates, Modelfiles, durations, merging of settings."""

from __future__ import annotations

import asyncio

import pytest

from selfhost.server import defaults, gotemplate, modelfile, prompt
from selfhost.server.engine import Mailbox
from selfhost.server.errors import ApiError, overflow
from selfhost.server.registry import FOREVER, parse_keep_alive
from tests.conftest import run_async

GEMMA = """{{- range $i, $_ := .Messages }}
{{- $last := eq (len (slice $.Messages $i)) 1 }}
{{- if or (eq .Role "user") (eq .Role "system") }}<start_of_turn>user
{{ .Content }}<end_of_turn>
{{ if $last }}<start_of_turn>model
{{ end }}
{{- else if eq .Role "assistant" }}<start_of_turn>model
{{ .Content }}{{ if not $last }}<end_of_turn>
{{ end }}
{{- end }}
{{- end }}"""


def test_a_library_template_of_ollama_is_rendered():
    messages = [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Hello"},
        {"role": "user", "content": "Why?"},
    ]
    assert prompt.render_chat(GEMMA, messages) == (
        "<start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model\nHello<end_of_turn>\n"
        "<start_of_turn>user\nWhy?<end_of_turn>\n<start_of_turn>model\n"
    )


def test_a_template_of_one_turn_is_repeated_and_cut_before_the_answer():
    template = "{{ if .System }}S:{{ .System }} {{ end }}Q:{{ .Prompt }} A:{{ .Response }}!"
    messages = [
        {"role": "system", "content": "kind"},
        {"role": "user", "content": "1"},
        {"role": "assistant", "content": "one"},
        {"role": "user", "content": "2"},
    ]
    assert prompt.render_chat(template, messages) == "S:kind Q:1 A:one!Q:2 A:"


@pytest.mark.parametrize(
    "template",
    ["{{ .Prompt", "{{ if .Prompt }}x", "{{ end }}", "{{ foo .Prompt }}", "{{ .Prompt | html }}"],
)
def test_a_broken_go_template_is_refused_with_a_sentence(template: str):
    with pytest.raises(gotemplate.TemplateError):
        gotemplate.render(template, {"Prompt": "x"})


def test_a_jinja_template_cannot_reach_python():
    evil = "{% set x = ''.__class__.__mro__[1].__subclasses__() %}{{ x }}"
    with pytest.raises(ApiError) as caught:
        prompt.render_chat(evil, [{"role": "user", "content": "x"}])
    assert caught.value.status == 400


def test_a_last_message_of_the_assistant_is_continued():
    template = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}<assistant>"
    messages = [{"role": "user", "content": "Q"}, {"role": "assistant", "content": "The sky"}]
    assert prompt.render_chat(template, messages) == "<user>Q<assistant>The sky"


async def _letters(text: str) -> list[int]:
    return [ord(letter) for letter in text]


def _join(messages: list[prompt.Message]) -> str:
    return "".join(f"{m['role'][0]}{m['content']}" for m in messages)


def test_the_oldest_messages_go_first_and_system_and_last_stay():
    messages = [{"role": "system", "content": "S" * 10}]
    messages += [{"role": "user", "content": str(i) * 20} for i in range(8)]
    text = run_async(prompt.fit_messages(messages, _join, _letters, 100, 20))
    assert text.startswith("s" + "S" * 10)
    assert text.endswith("7" * 20)
    assert "0" not in text
    assert "6" in text  # no more was dropped than needed
    assert len(text) <= 80


def test_a_chat_that_fits_is_left_alone():
    messages = [{"role": "user", "content": "x" * 30}]
    assert run_async(prompt.fit_messages(messages, _join, _letters, 100, 50)) == "u" + "x" * 30


def test_a_long_prompt_loses_its_middle():
    cut = prompt.cut_tokens(list(range(200)), 100, 20, 4)
    assert cut is not None
    assert cut[:4] == [0, 1, 2, 3]
    assert cut[-1] == 199
    assert len(cut) == 80
    assert prompt.cut_tokens(list(range(99)), 100, 20, 4) is None


def test_modelfile_with_all_that_is_supported():
    found = modelfile.parse(
        "# comment\nFROM aprendiz\nPARAMETER temperature 0.3\nPARAMETER stop END\n"
        'PARAMETER stop "two words"\nPARAMETER num_ctx 512\nSYSTEM """You are\na pirate."""\n'
        'TEMPLATE "{{ .Prompt }}"\nMESSAGE user Hi\nMESSAGE assistant Arr\nLICENSE MIT\n'
    )
    assert found.base == "aprendiz"
    assert found.parameters == {"temperature": 0.3, "stop": ["END", "two words"], "num_ctx": 512}
    assert found.system == "You are\na pirate."
    assert found.template == "{{ .Prompt }}"
    assert found.messages == [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Arr"},
    ]
    assert found.license == ["MIT"]


def test_a_modelfile_that_is_shown_can_be_read_again():
    first = modelfile.parse(
        "FROM aprendiz\nADAPTER ./a.gguf\n"
        'PARAMETER top_k 7\nPARAMETER stop "a b"\nSYSTEM """S\nT"""\n'
    )
    again = modelfile.parse(modelfile.write("aprendiz", first))
    assert (again.parameters, again.system) == (first.parameters, first.system)
    assert again.adapters == first.adapters == ["./a.gguf"]


@pytest.mark.parametrize(
    "text",
    [
        "FROM x\nPARAMETER temperature hot",
        "FROM x\nPARAMETER nonsense 1",
        "FROM x\nTURN left",
        'FROM x\nSYSTEM """never closed',
        "FROM x\nMESSAGE robot hi",
    ],
)
def test_a_wrong_modelfile_is_a_400(text: str):
    with pytest.raises(ApiError) as caught:
        modelfile.parse(text)
    assert caught.value.status == 400


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, 300.0),
        (0, 0.0),
        ("0", 0.0),
        (60, 60.0),
        ("5m", 300.0),
        ("1h30m", 5400.0),
        ("500ms", 0.5),
        (-1, FOREVER),
        ("-1", FOREVER),
        ("-1m", FOREVER),
        (2.5, 2.5),
    ],
)
def test_keep_alive(value: object, seconds: float):
    assert parse_keep_alive(value, 300.0) == seconds


@pytest.mark.parametrize("value", ["soon", "5 minutes", True, [], {}])
def test_a_wrong_keep_alive_is_a_400(value: object):
    with pytest.raises(ApiError):
        parse_keep_alive(value, 300.0)


def test_request_over_modelfile_over_default():
    settings, origin = defaults.merge(
        defaults.OPENAI,
        {"temperature": 0.3, "top_k": 7},
        {"temperature": 0.1, "unknown": 1, "top_p": None},
        pinned=False,
    )
    assert (settings["temperature"], origin["temperature"]) == (0.1, "request")
    assert (settings["top_k"], origin["top_k"]) == (7, "modelfile")
    assert (settings["top_p"], origin["top_p"]) == (1.0, "default")
    assert "unknown" not in settings
    assert settings["seed"] >= 0
    assert origin["seed"] == "random"


def test_every_setting_goes_to_the_engine():
    settings, _ = defaults.merge(defaults.OLLAMA, {}, {}, pinned=True)
    sent = defaults.to_engine(settings, 2048)
    assert sent["seed"] == 0
    assert (sent["temperature"], sent["top_k"], sent["top_p"], sent["min_p"]) == (0.8, 40, 0.9, 0.0)
    assert (sent["repeat_penalty"], sent["repeat_last_n"], sent["n_predict"]) == (1.0, 64, -1)
    assert sent["dry_multiplier"] == sent["xtc_probability"] == sent["dynatemp_range"] == 0.0


def test_repeat_last_n_minus_one_means_the_context():
    settings, _ = defaults.merge(defaults.OLLAMA, {}, {"repeat_last_n": -1}, pinned=False)
    assert defaults.to_engine(settings, 777)["repeat_last_n"] == 777


def test_errors_have_each_apis_form():
    error = overflow(5000, 2048, "messages")
    assert error.document(openai=False) == {"error": error.message}
    inner = error.document(openai=True)["error"]
    assert inner["code"] == "context_length_exceeded"
    assert inner["type"] == "invalid_request_error"
    assert inner["param"] == "messages"


def test_the_mailbox_hands_over_everything_in_order_and_wakes_at_the_end():
    async def main() -> list[str]:
        loop = asyncio.get_running_loop()
        box = Mailbox(loop)

        def work() -> None:
            for i in range(1000):
                assert box.push(str(i)) is False
            box.close()

        running = loop.run_in_executor(None, work)
        got: list[str] = []
        while items := await box.take(pace=bool(got)):
            got += items
        await running
        return got

    assert run_async(asyncio.wait_for(main(), 20)) == [str(i) for i in range(1000)]
