"""Which packages go into a bundle, for which kind of laptop."""

from __future__ import annotations

import argparse
import json
import sys
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from selfhost.errors import KitError
from selfhost.room import load, verify
from tools.bundle import __main__ as bundle
from tools.bundle import proof, targets, wheels
from tools.house import room as client

LOCK = Path(__file__).resolve().parents[2] / "constraints.txt"


def names(target: targets.Target) -> set[str]:
    return {pin.partition("==")[0] for pin in targets.pins(LOCK, target)}


def test_markers_are_judged_for_the_other_laptop() -> None:
    linux = names(targets.Target("linux-x86_64", "3.11"))
    windows = names(targets.Target("windows-x86_64", "3.12"))
    mac = names(targets.Target("macos-arm64", "3.13"))
    assert "uvloop" in linux and "uvloop" in mac and "uvloop" not in windows
    assert "pywinpty" in windows and "pywinpty" not in linux | mac
    assert "appnope" in mac and "appnope" not in linux | windows
    assert {"xllamacpp", "torch", "jupyterlab", "pytest"} <= linux & windows & mac


@pytest.mark.parametrize("platform", targets.PLATFORMS)
@pytest.mark.parametrize("python", targets.PYTHONS)
def test_one_version_of_each_package(platform: str, python: str) -> None:
    pins = targets.pins(LOCK, targets.Target(platform, python))
    found = [canonicalize_name(Requirement(pin).name) for pin in pins]
    assert len(found) == len(set(found)) > 200


def test_this_laptop_is_what_pip_here_would_install() -> None:
    (here,) = targets.read("")
    assert here.is_here and here.name == client.target()
    own = here.markers()
    from packaging.markers import default_environment

    real = default_environment()
    for name in ("sys_platform", "os_name", "platform_system", "platform_machine"):
        assert own[name] == real[name]
    assert own["python_version"] == ".".join(map(str, sys.version_info[:2]))


@pytest.mark.parametrize("name", ["linux", "linux-x86_64", "amiga-m68k-3.11", "linux-x86_64-2.7"])
def test_an_unknown_kind_of_laptop_is_a_sentence(name: str) -> None:
    with pytest.raises(KitError, match="no kind of laptop"):
        targets.read(name)


def test_pip_chooses_the_wheel_for_the_oldest_linux() -> None:
    options = targets.Target("linux-x86_64", "3.11").pip_options()
    assert options.index("manylinux1_x86_64") < options.index("manylinux_2_28_x86_64")
    assert not [each for each in options if each.startswith("manylinux_2_3")]
    assert {"manylinux2014_x86_64", "cp311", "abi3", "3.11.99"} <= set(options)


@pytest.mark.parametrize(
    ("platform", "wheels_there", "system"),
    [
        ("linux-x86_64", ["a-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"],
         "glibc 2.17"),
        ("linux-x86_64", ["a-1-cp311-cp311-manylinux_2_5_x86_64.manylinux1_x86_64.whl",
                          "b-1-cp311-abi3-manylinux_2_28_x86_64.whl"], "glibc 2.28"),
        ("macos-arm64", ["a-1-cp311-cp311-macosx_11_0_arm64.whl",
                         "torch-2-cp311-cp311-macosx_14_0_arm64.whl"], "macOS 14.0"),
        ("windows-x86_64", ["a-1-cp311-cp311-win_amd64.whl"], ""),
        ("linux-x86_64", ["a-1-py3-none-any.whl"], ""),
    ],
)  # fmt: skip
def test_the_oldest_system_that_all_wheels_run_on(
    platform: str, wheels_there: list[str], system: str
) -> None:
    assert targets.floor(targets.Target(platform, "3.11"), wheels_there) == system


def wheel(folder: Path, name: str, *needs: str) -> str:
    """A wheel of nothing but its description."""
    path = folder / f"{name}-1.0-py3-none-any.whl"
    lines = ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1.0"]
    lines += [f"Requires-Dist: {need}" for need in needs]
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(f"{name}-1.0.dist-info/METADATA", "\n".join(lines) + "\n")
        file.writestr(f"{name}-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        file.writestr(f"{name}-1.0.dist-info/RECORD", "")
    return path.name


def test_the_proof_judges_by_the_laptops_own_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lock.txt").write_text("", encoding="utf-8")
    there = [
        wheel(
            tmp_path, "main", "winonly; sys_platform == 'win32'", "late; python_version < '3.12'"
        ),
        wheel(tmp_path, "late"),
    ]
    monkeypatch.setattr(proof, "BUILDERS", ["main"])
    monkeypatch.setattr(proof, "ROOT", tmp_path)
    monkeypatch.setattr(proof, "_parts", lambda: {"lab": ("lock.txt", ["main"])})
    assert proof.gaps(targets.Target("linux-x86_64", "3.11"), there, tmp_path) == {}
    windows = targets.Target("windows-x86_64", "3.12")
    (why,) = proof.gaps(windows, there, tmp_path).values()
    assert "winonly" in why
    (why,) = proof.gaps(targets.Target("macos-arm64", "3.11"), there[:1], tmp_path).values()
    assert "late" in why


def make(folder: Path, monkeypatch: pytest.MonkeyPatch, found: wheels.Found, **gaps: str) -> object:
    """The whole bundle but for pip's part, which a test without a network cannot have."""

    def collect(target: targets.Target, place: Path) -> wheels.Found:
        for name in found.names:
            (place / name).write_bytes(name.encode())
        return found

    monkeypatch.setattr(wheels, "collect", collect)
    monkeypatch.setattr(proof, "gaps", lambda target, names, place: gaps)
    monkeypatch.setattr(bundle, "BUILD", folder / "no-build")
    options = argparse.Namespace(targets="", models="", installers="", accept="no")
    return bundle.make(folder, options)


def test_the_list_comes_last_and_everything_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = [
        "xllamacpp-1-cp311-abi3-manylinux_2_28_x86_64.whl",
        "fastapi-1-py3-none-any.whl",
        "jupyterlab-1-py3-none-any.whl",
    ]
    old = tmp_path / "wheels" / "old-1-py3-none-any.whl"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"old")
    make(tmp_path, monkeypatch, wheels.Found(set(here), {"thing==1": "source only"}), dev="not x")
    room = load(tmp_path)
    assert verify(tmp_path) == [] and not old.exists()
    listed = {each.path for each in room.files}
    assert {f"wheels/{name}" for name in here} <= listed
    assert {"kit/workshop.zip", "kit/workshop.gitbundle"} <= listed
    lost = {each["what"]: each["why"] for each in room.missing}
    assert lost["thing==1"] == "source only" and lost["the set-up's part “dev”"] == "not x"
    assert "the website" in lost
    start = (tmp_path / "START-HERE.txt").read_text(encoding="utf-8")
    assert "SELFHOST_ROOM=" in start and "thing==1" in start
    # xllamacpp's wheel hands on llama.cpp without its notice.
    assert "The ggml authors" in (tmp_path / "NOTICES.md").read_text(encoding="utf-8")
    report = bundle.report(room, tmp_path)
    assert "minutes at 20 Mbit/s; glibc 2.28 or newer" in report


def test_a_bundle_that_could_not_be_finished_has_no_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "room.json").write_text(json.dumps({"format": 1}), encoding="utf-8")
    found = wheels.Found({"other-1-py3-none-any.whl"})
    with pytest.raises(KitError, match="could not be set up: it needs xllamacpp"):
        make(tmp_path, monkeypatch, found, lab="it needs xllamacpp")
    assert not (tmp_path / "room.json").exists()


def test_installers_and_unknown_models(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    (given / "Jan_0.8.deb").write_bytes(b"deb")
    (entry,) = bundle.installer_files(tmp_path / "out", given)
    assert entry.path == "installers/Jan_0.8.deb" and entry.bytes == 3
    with pytest.raises(KitError, match="is no folder"):
        bundle.installer_files(tmp_path / "out", tmp_path / "nowhere")
    with pytest.raises(KitError, match="no model that the kit can put"):
        bundle.model_files(tmp_path / "out", ["no-such-model"], accept=False)


def test_a_wheel_says_its_licence_itself(tmp_path: Path) -> None:
    path = tmp_path / "a-1-py3-none-any.whl"
    for line, said in (
        ("License-Expression: MIT", "MIT"),
        ("Classifier: License :: OSI Approved :: BSD License", "BSD License"),
        ("License: Apache 2.0", "Apache 2.0"),
        ("Name: a", "not said"),
    ):
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("a-1.dist-info/METADATA", f"Metadata-Version: 2.1\n{line}\n")
        assert wheels.licence(path) == said
    path.write_bytes(b"no zip")
    assert wheels.licence(path) == "not said"
