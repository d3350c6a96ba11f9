"""Atomic writes."""

from __future__ import annotations

import threading

import pytest

from selfhost.files import replace, write_atomically


def test_text_arrives_whole_and_leaves_nothing_beside_it(tmp_path):
    path = tmp_path / "año.json"
    write_atomically(path, "ñ\n")
    write_atomically(path, "two\n")
    assert path.read_bytes() == b"two\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_write_keeps_the_old_content(tmp_path):
    path = tmp_path / "file"
    write_atomically(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(path, "half \ud800")
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(OSError):
        write_atomically(tmp_path / "none" / "file", "x")


def test_a_reader_never_sees_half_a_file(tmp_path):
    path = tmp_path / "file"
    texts = ["a" * 50_000, "b" * 70_000]
    write_atomically(path, texts[0])
    seen, done = set(), threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.add(path.read_text(encoding="utf-8"))

    reader = threading.Thread(target=read)
    reader.start()
    for turn in range(200):
        write_atomically(path, texts[turn % 2])
    done.set()
    reader.join()
    assert seen <= set(texts)


def test_replacing_a_folder_fails(tmp_path):
    (tmp_path / "a").write_text("", encoding="utf-8")
    (tmp_path / "b").mkdir()
    with pytest.raises(OSError):
        replace(tmp_path / "a", tmp_path / "b")
