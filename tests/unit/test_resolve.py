"""Which server is used: the settings, in their order, and what is missing in each."""

from __future__ import annotations

import os

import pytest

from selfhost import KitError
from selfhost.endpoint import endpoint, settings, status

TAGS = {
    "models": [
        {"name": "gemma3:1b", "size": 815319791, "details": {"family": "gemma3"}},
        {"name": "other:latest", "size": 5, "details": {}},
    ]
}
OLLAMA = {"/api/version": {"version": "0.33.0"}, "/api/tags": TAGS}

pytestmark = pytest.mark.usefixtures("own_run")


def test_a_running_ollama_with_the_model_is_used(stranger, monkeypatch):
    port = stranger(OLLAMA)
    monkeypatch.setenv("OLLAMA_HOST", f"0.0.0.0:{port}")
    at = endpoint()
    assert (at.kind, at.model) == ("ollama", "gemma3:1b")
    assert at.ollama_url == f"http://127.0.0.1:{port}"
    words = at.describe()
    assert words == (
        f"gemma3:1b (815 MB, Gemma 3 architecture) · Ollama 0.33.0 · http://127.0.0.1:{port}"
    )
    assert endpoint("other").model == "other"
    assert not status().running


def test_a_running_ollama_without_the_model_is_passed_over(stranger, monkeypatch):
    port = stranger({**OLLAMA, "/api/tags": {"models": []}})
    monkeypatch.setenv("OLLAMA_HOST", f"127.0.0.1:{port}")
    assert endpoint().kind == "embedded"


def test_asking_for_ollama_makes_what_is_missing_an_error(stranger, monkeypatch, one_sentence):
    monkeypatch.setenv("SELFHOST_ENGINE", "ollama")
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")
    with pytest.raises(KitError) as caught:
        endpoint()
    assert "ollama serve" in one_sentence(caught.value)
    monkeypatch.setenv("OLLAMA_HOST", f"http://127.0.0.1:{stranger(OLLAMA)}")
    assert endpoint().kind == "ollama"
    with pytest.raises(KitError) as caught:
        endpoint("gemma3:4b")
    assert "ollama pull gemma3:4b" in one_sentence(caught.value)
    monkeypatch.setenv("OLLAMA_HOST", f"127.0.0.1:{stranger({'/': {}})}")
    with pytest.raises(KitError) as caught:
        endpoint()
    assert "no Ollama" in one_sentence(caught.value)


@pytest.mark.parametrize("suffix", ["", "/", "/v1", "/v1/"])
def test_a_given_address_comes_first(stranger, monkeypatch, suffix):
    monkeypatch.setenv("SELFHOST_ENDPOINT", f"http://127.0.0.1:{stranger(OLLAMA)}{suffix}")
    at = endpoint()
    assert (at.kind, at.model, at.apis) == ("given", "gemma3:1b", ("ollama", "openai"))
    assert at.openai_url == f"{at.url}/v1" and not at.url.endswith("/")
    monkeypatch.setenv("SELFHOST_MODEL", "other")
    assert endpoint().model == "other"
    assert endpoint("gemma3:1b").model == "gemma3:1b"


def test_a_given_address_that_is_silent_or_lacks_the_model(stranger, monkeypatch, one_sentence):
    monkeypatch.setenv("SELFHOST_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(KitError) as caught:
        endpoint()
    assert "SELFHOST_ENDPOINT" in one_sentence(caught.value)
    monkeypatch.setenv("SELFHOST_ENDPOINT", f"http://127.0.0.1:{stranger(OLLAMA)}")
    monkeypatch.setenv("SELFHOST_MODEL", "gemma3:4b")
    with pytest.raises(KitError) as caught:
        endpoint()
    assert "ollama pull gemma3:4b" in one_sentence(caught.value)


def test_the_given_address_of_a_real_endpoint(server, monkeypatch):
    monkeypatch.setenv("SELFHOST_ENDPOINT", server.v1)
    at = endpoint()
    assert at.kind == "given" and at.model == server.model
    assert "embedded endpoint, llama.cpp" in at.describe()
    assert at.ensure() is at
    assert not status().running


def test_embedded_can_be_insisted_on(stranger, monkeypatch):
    monkeypatch.setenv("SELFHOST_ENDPOINT", f"http://127.0.0.1:{stranger(OLLAMA)}")
    monkeypatch.setenv("SELFHOST_ENGINE", "embedded")
    assert endpoint().kind == "embedded"


def test_an_openai_style_server(stranger, monkeypatch, one_sentence):
    monkeypatch.setenv("SELFHOST_ENGINE", "openai")
    with pytest.raises(KitError) as caught:
        endpoint()
    assert "SELFHOST_ENDPOINT" in one_sentence(caught.value)
    port = stranger({"/v1/models": {"data": [{"id": "big-model"}]}})
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{port}/v1")
    monkeypatch.setenv("SELFHOST_API_KEY", "secret")
    at = endpoint()
    assert (at.model, at.apis, at.api_key) == ("big-model", ("openai",), "secret")
    assert at.describe().endswith(f"http://127.0.0.1:{port}/v1")
    assert set(stranger.keys) == {"Bearer secret"}
    at.export()
    assert "OLLAMA_HOST" not in os.environ
    with pytest.raises(KitError) as caught:
        endpoint("another")
    assert "SELFHOST_MODEL" in one_sentence(caught.value)
    port = stranger({"/v1/models": 401})
    monkeypatch.setenv("SELFHOST_ENDPOINT", f"http://127.0.0.1:{port}/v1")
    with pytest.raises(KitError) as caught:
        endpoint()
    assert "SELFHOST_API_KEY" in one_sentence(caught.value)


def test_a_server_that_lists_nothing_needs_a_name(stranger, monkeypatch, one_sentence):
    monkeypatch.setenv("SELFHOST_ENGINE", "openai")
    monkeypatch.setenv("SELFHOST_ENDPOINT", f"http://127.0.0.1:{stranger({})}")
    with pytest.raises(KitError) as caught:
        endpoint()
    assert "SELFHOST_MODEL" in one_sentence(caught.value)
    assert endpoint("its-model").model == "its-model"


@pytest.mark.parametrize(
    ("name", "value"), [("SELFHOST_ENGINE", "vllm"), ("SELFHOST_PORT", "99999")]
)
def test_settings_that_mean_nothing(monkeypatch, one_sentence, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(KitError) as caught:
        endpoint()
    assert name in one_sentence(caught.value) and value in str(caught.value)


def test_export_lets_clients_with_their_defaults_connect(monkeypatch):
    monkeypatch.setenv("SELFHOST_ENGINE", "embedded")
    at = endpoint()
    at.export()
    import ollama
    from openai import OpenAI

    client = ollama.Client()
    assert "aprendiz:latest" in [model.model for model in client.list().models]
    client._client.close()
    with OpenAI() as client:
        chat = client.chat.completions.create(
            model=at.model, messages=[{"role": "user", "content": "Hello"}], max_tokens=4
        )
    assert chat.choices[0].message.content


def test_the_kits_own_endpoint_is_no_ollama(server, monkeypatch, one_sentence):
    monkeypatch.setenv("SELFHOST_ENGINE", "ollama")
    monkeypatch.setenv("OLLAMA_HOST", server.url)
    with pytest.raises(KitError) as caught:
        endpoint("aprendiz")
    assert "kit's own endpoint" in one_sentence(caught.value)


def test_what_was_exported_is_no_setting_of_the_user(stranger, monkeypatch):
    """Else a killed embedded server would look like an address that someone had set."""
    embedded = endpoint()
    embedded.export()
    assert os.environ["SELFHOST_ENDPOINT"] == embedded.url
    assert settings.setting("SELFHOST_ENDPOINT") is None
    assert endpoint().kind == "embedded"
    # A second export does not forget what was there before the first.
    embedded.export()
    assert settings.setting("SELFHOST_ENDPOINT") is None
    # What the user sets afterwards counts again.
    port = stranger(OLLAMA)
    monkeypatch.setenv("SELFHOST_ENDPOINT", f"http://127.0.0.1:{port}")
    assert endpoint().url == f"http://127.0.0.1:{port}"


def test_what_the_user_had_set_outlives_an_export(stranger, monkeypatch):
    url = f"http://127.0.0.1:{stranger(OLLAMA)}"
    monkeypatch.setenv("SELFHOST_ENDPOINT", url)
    monkeypatch.setenv("SELFHOST_MODEL", "other")
    endpoint().export()
    assert settings.setting("SELFHOST_ENDPOINT") == url
    assert settings.setting("SELFHOST_MODEL") == "other"
    assert endpoint().model == "other"


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:11434"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("localhost:8000", "http://localhost:8000"),
        (":8000", "http://127.0.0.1:8000"),
        ("http://host:1234/v1/", "http://host:1234"),
        ("https://host", "https://host"),
        ("https://host:443/api-gateway/v1", "https://host/api-gateway"),
        ("http://[::]:11434", "http://[::1]:11434"),
        ("host", "http://host:11434"),
    ],
)
def test_addresses_as_people_write_them(given, url):
    assert settings.base_url(given) == url


def test_an_address_that_is_none(one_sentence):
    with pytest.raises(KitError) as caught:
        settings.base_url("http://host:port:99999/")
    one_sentence(caught.value)


def test_a_proxy_is_never_asked_for_this_machine(stranger, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # a proxy that is down
    monkeypatch.setenv("NO_PROXY", "example.org")
    monkeypatch.setenv("no_proxy", "example.org")
    monkeypatch.setenv("SELFHOST_ENDPOINT", f"http://127.0.0.1:{stranger(OLLAMA)}")
    endpoint().export()
    assert os.environ["NO_PROXY"] == "example.org,127.0.0.1,localhost"
    import ollama

    client = ollama.Client()
    assert len(client.list().models) == 2
    client._client.close()
