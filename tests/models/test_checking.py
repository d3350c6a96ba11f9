"""What the checks of all models share."""

import pickle

import pytest

from models import checking
from models.checking import Failed, Skipped


def test_a_check_that_fails_is_counted_and_named(capsys):
    def fails() -> str:
        raise Failed("one differs")

    def skips() -> str:
        raise Skipped("no synthesizer")

    assert checking.run({"a": lambda: "fine", "b": fails, "c": skips}) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["ok      a: fine", "FAILED  b: one differs", "skipped c: no synthesizer"]


def test_sums_notice_what_changes(tmp_path):
    (tmp_path / "sub").mkdir()
    for name in ("a.json", "sub/b.wav", "notes.md"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    assert checking.write_sums(tmp_path) == 2
    assert checking.check_sums(tmp_path) == "2 files"
    (tmp_path / "sub/b.wav").write_text("other", encoding="utf-8")
    with pytest.raises(Failed, match=r"sub/b\.wav is not the file"):
        checking.check_sums(tmp_path)
    (tmp_path / "sub/b.wav").unlink()
    with pytest.raises(Failed, match="is not there"):
        checking.check_sums(tmp_path)


class _Runs:
    def __reduce__(self):
        return print, ("code of the file ran",)


def test_a_file_that_runs_code_is_refused(tmp_path, capsys):
    torch = pytest.importorskip("torch")
    safe, other = tmp_path / "safe.pt", tmp_path / "other.pth"
    torch.save({"weights": torch.zeros(2)}, safe)
    assert checking.check_no_pickle(tmp_path) == "1 files of weights"
    torch.save({"weights": _Runs()}, other)
    with pytest.raises(Failed, match=r"other\.pth holds more than tensors"):
        checking.check_no_pickle(tmp_path)
    other.unlink()
    (tmp_path / "old.pt").write_bytes(pickle.dumps({}))
    with pytest.raises(Failed, match="old kind"):
        checking.check_no_pickle(tmp_path)
    (tmp_path / "old.pt").unlink()
    (tmp_path / "x.pkl").write_bytes(b"")
    with pytest.raises(Failed, match="kind that runs code"):
        checking.check_no_pickle(tmp_path)
    assert "ran" not in capsys.readouterr().out


def test_no_shipped_weights_need_pickle():
    pytest.importorskip("torch")
    from models import verify

    assert checking.check_no_pickle().endswith("files of weights")
    assert verify.check_size().endswith("bytes of weights")


@pytest.mark.parametrize("name", ["aprendiz", "oido", "voz"])
def test_the_audit_finds_the_class_that_the_card_claims(name):
    from models import verify

    assert verify.check_class(name) == "reproducible"
