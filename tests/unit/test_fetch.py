"""Fetching from a hub that behaves, and from one that does not."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from selfhost import KitError, weights


def test_fetches_checks_and_keeps(hub, tmp_path):
    said = []
    path = weights.fetch("small", lambda *step: said.append(step))
    assert path.read_bytes() == hub.content
    assert path == weights.find("small") == weights.find("small:latest")
    assert path.is_relative_to(tmp_path / "models")
    words = [step[0] for step in said]
    assert words[0] == "pulling manifest" and words[-1] == "success"
    assert "verifying sha256 digest" in words
    done = [step[1] for step in said if step[0] == f"pulling {hub.sha256[:12]}"]
    assert done == sorted(done) and done[-1] == len(hub.content)
    assert len(hub.gets()) == 1
    assert weights.fetch("small") == path  # there already: nothing is asked
    assert len(hub.requests) == 2
    assert not list(path.parent.glob("*.part"))


def test_pinned_revision_is_asked_for(hub, know_small):
    know_small(revision="abc123", sha256=hub.sha256)
    weights.fetch("small")
    assert hub.requests[0][1] == "/owner/model/resolve/abc123/small.gguf"


def test_token_goes_to_the_hub_and_not_to_another_host(hub, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    weights.fetch("small")
    about = hub.requests[0][2]
    assert about.get("Authorization", about.get("authorization")) == "Bearer hf_secret"
    assert all("hf_secret" not in str(headers) for headers in hub.gets())


def test_a_connection_cut_at_60_percent_is_continued(hub):
    hub.cuts = [len(hub.content) * 6 // 10]
    path = weights.fetch("small")
    assert path.read_bytes() == hub.content
    first, second = hub.gets()
    assert "Range" not in first
    start = int(second["Range"].removeprefix("bytes=").removesuffix("-"))
    assert 0 < start <= len(hub.content) * 6 // 10


def test_interrupting_keeps_what_arrived(hub):
    def stop_at_half(label: str, done: int, total: int) -> None:
        if done > total // 2 > 0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        weights.fetch("small", stop_at_half)
    assert weights.find("small") is None
    path = weights.fetch("small")
    assert path.read_bytes() == hub.content
    assert int(hub.gets()[1]["Range"][6:-1]) > len(hub.content) // 2


def test_a_killed_download_is_continued_by_the_next(hub, tmp_path):
    hub.pause = 0.05
    code = (
        "import huggingface_hub.constants as c; c.DOWNLOAD_CHUNK_SIZE = 65536\n"
        "from selfhost import weights; weights.fetch('small')"
    )
    child = subprocess.Popen([sys.executable, "-c", code])
    folder = tmp_path / "models" / "hub" / "owner--model"
    end = time.monotonic() + 60
    while time.monotonic() < end:
        parts = list(folder.glob("*.part"))
        if parts and parts[0].stat().st_size > 200_000:
            break
        time.sleep(0.02)
    child.kill()
    child.wait()
    assert weights.find("small") is None
    hub.pause = 0.0
    assert weights.fetch("small").read_bytes() == hub.content
    assert int(hub.gets()[1]["Range"][6:-1]) >= 200_000


def test_a_server_without_ranges_starts_again(hub):
    hub.cuts, hub.ranges = [len(hub.content) // 2], False
    assert weights.fetch("small").read_bytes() == hub.content


def test_a_flipped_byte_is_found_and_not_kept(hub, one_sentence):
    wrong = bytearray(hub.content)
    wrong[len(wrong) // 2] ^= 1
    hub.sent = bytes(wrong)
    with pytest.raises(KitError) as caught:
        weights.fetch("small")
    assert "sha256" in one_sentence(caught.value)
    assert weights.find("small") is None
    hub.sent = None  # nothing of the wrong file is left to resume
    assert weights.fetch("small").read_bytes() == hub.content
    assert "Range" not in hub.gets()[-1]


def test_without_a_known_sha256_the_hubs_own_is_used(hub, know_small):
    know_small(sha256=None)
    hub.sent = (
        hub.content[:-1] + b"\x00" if hub.content[-1:] != b"\x00" else hub.content[:-1] + b"x"
    )
    with pytest.raises(KitError, match="sha256"):
        weights.fetch("small")


def test_another_file_under_the_same_name_is_refused_before_the_download(hub, one_sentence):
    hub.announce = "0" * 64
    with pytest.raises(KitError) as caught:
        weights.fetch("small")
    assert "another file" in one_sentence(caught.value)
    assert hub.gets() == []


def test_what_is_no_gguf_is_not_kept(hub, know_small, one_sentence):
    import hashlib

    hub.content = b"<html>sorry</html>" * 100
    hub.sha256 = hashlib.sha256(hub.content).hexdigest()
    know_small(sha256=None)
    with pytest.raises(KitError) as caught:
        weights.fetch("small")
    assert "GGUF" in one_sentence(caught.value)
    assert weights.find("small") is None


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (404, "EntryNotFound", "no longer has"),
        (404, "RepoNotFound", "no longer has"),
        (401, "", "accepted its terms"),
        (403, "GatedRepo", "HF_TOKEN"),
        (500, "", "error (500)"),
        (503, "", "error (503)"),
    ],
)
def test_refusals_are_one_sentence(hub, one_sentence, status, code, words):
    hub.status, hub.error_code = status, code
    with pytest.raises(KitError) as caught:
        weights.fetch("small")
    assert words in one_sentence(caught.value)
    assert caught.value.mend


def test_too_many_requests_are_sat_out_when_that_is_short(hub):
    hub.status, hub.times, hub.retry_after = 429, 1, "0"
    assert weights.fetch("small").read_bytes() == hub.content


def test_too_many_requests_for_long_are_told(hub, one_sentence):
    hub.status, hub.retry_after = 429, "3600"
    with pytest.raises(KitError) as caught:
        weights.fetch("small")
    text = one_sentence(caught.value)
    assert "429" in text and "small.gguf" in text  # and where to copy the file to


def test_without_network_it_is_one_sentence(hub, monkeypatch, one_sentence, tmp_path):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")  # nobody listens there
    with pytest.raises(KitError) as caught:
        weights.fetch("small")
    text = one_sentence(caught.value)
    assert "no connection" in text and "selfhost models add small.gguf" in text
    # Following the mend makes it work, without network.
    stick = tmp_path / "stick" / "small.gguf"
    stick.parent.mkdir()
    stick.write_bytes(hub.content)
    assert weights.adopt(stick).name == "small"
    assert weights.fetch("small").read_bytes() == hub.content


def test_a_file_from_a_stick_is_recognised_by_its_content(hub, tmp_path, one_sentence):
    other_name = tmp_path / "model (1).gguf"
    other_name.write_bytes(hub.content)
    assert weights.adopt(other_name).name == "small"
    assert weights.adopt(weights.find("small")).name == "small"  # from where it is already
    changed = bytearray(hub.content)
    changed[-1] ^= 1
    for name, words in (("small.gguf", "another content"), ("x.gguf", "none of the models")):
        path = tmp_path / name
        path.write_bytes(changed)
        with pytest.raises(KitError) as caught:
            weights.adopt(path)
        assert words in one_sentence(caught.value)
    path.write_bytes(changed[:1000])
    with pytest.raises(KitError, match="GGUF"):
        weights.adopt(path)
    assert weights.find("small").read_bytes() == hub.content


def test_a_file_without_a_known_sha256_is_taken_by_its_name(hub, know_small, tmp_path):
    know_small(sha256=None)
    path = tmp_path / "small.gguf"
    path.write_bytes(hub.content)
    assert weights.adopt(path).name == "small"


def test_a_sign_in_page_is_recognised(hub, one_sentence):
    hub.portal = True
    with pytest.raises(KitError) as caught:
        weights.fetch("small")
    assert "sign-in page" in one_sentence(caught.value)


def test_a_full_disk_is_told_before_the_download(hub, monkeypatch, one_sentence):
    usage = shutil.disk_usage(Path.cwd())
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1_000_000))
    with pytest.raises(KitError) as caught:
        weights.fetch("small")
    assert "0.00 GB are free" in one_sentence(caught.value)
    assert hub.gets() == []


def test_a_folder_that_cannot_be_made_is_told(hub, monkeypatch, tmp_path, one_sentence):
    (tmp_path / "models" / "hub").write_text("a file where a folder should be", encoding="utf-8")
    with pytest.raises(KitError) as caught:
        weights.fetch("small")
    assert "cannot be written" in one_sentence(caught.value)


def test_terms_that_are_not_open_are_shown_first(hub, know_small, monkeypatch, one_sentence):
    know_small(open_licence=False, licence="Example Terms", sha256=hub.sha256)
    with pytest.raises(KitError) as caught:
        weights.fetch("small")
    text = one_sentence(caught.value)
    assert "Example Terms" in text and "https://example.org/licence" in text
    assert "--accept-licence" in text and hub.requests == []
    assert weights.fetch("small", accept_licence=True).is_file()
    weights.find("small").unlink()
    monkeypatch.setenv("SELFHOST_ACCEPT_LICENCE", "1")
    assert weights.fetch("small").is_file()


def test_two_at_once_download_once(hub):
    hub.pause = 0.01
    paths = []
    threads = [threading.Thread(target=lambda: paths.append(weights.fetch("small"))) for _ in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(paths) == 2 and paths[0] == paths[1]
    assert len(hub.gets()) == 1


def test_a_slow_download_arrives(hub):
    hub.pause = 0.02
    steps = []
    weights.fetch("small", lambda label, done, total: steps.append(done))
    assert len(set(steps)) > 20  # told many times on the way


def test_force_fetches_again(hub):
    path = weights.fetch("small")
    path.write_bytes(b"spoilt")
    assert weights.fetch("small", force=True).read_bytes() == hub.content


def test_unknown_names_say_what_is_known(hub, one_sentence):
    with pytest.raises(KitError) as caught:
        weights.fetch("nothing:7b")
    assert "aprendiz" in one_sentence(caught.value)
