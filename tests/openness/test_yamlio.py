"""Model descriptions of the public tool: read in both shapes, written, and refused when broken."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfhost import KitError
from selfhost.openness import components, judge
from selfhost.openness.safeyaml import MAX_BYTES, load
from selfhost.openness.yamlio import Description, Part, describe, dump, parse, read, write

# The newer shape of the public tool: only what is published, licences for the whole.
NEWER = """\
framework:
  name: 'Model Openness Framework'
  version: '1.0'
  date: '2024-12-15'
release:
  name: Example-8B
  version: 8B
  date: '2025-10-17'
  type: language
  architecture: 'transformer decoder'
  treatment: 'instruct fine-tuned'
  origin: Example-8B-Base
  producer: 'An example'
  contact: ''
  repository: 'https://example.org/code'
  huggingface: ''
  license:
    distribution:
      name: Apache-2.0
      path: ''
    document:
      name: CC-BY-4.0
      path: LICENSE-docs
  components:
    -
      name: 'Model architecture'
      description: "Well commented code for the model's architecture"
    -
      name: 'Model parameters (Final)'
      description: 'Trained model parameters, weights and biases'
      component_path: model.safetensors
      license: OpenMDW-1.0
    - name: Technical report
      license: unlicensed
    - name: Datasets
      license: Component not included
"""
# The older shape lists every component with location, license_name and license_path.
OLDER = "\n".join(
    [
        "framework: {name: Model Openness Framework, version: '1.0', date: '2024-12-15'}",
        "release:",
        "  name: Old",
        "  version: 7B",
        "  github: 'https://example.org/old'",
        "  components:",
        *(
            f"    - {{name: '{c.name}', description: '', location: '', license_name: "
            f"'{licence}', license_path: ''}}"
            for c, licence in zip(
                components().values(),
                ["Apache-2.0"] * 5 + ["License not specified"] * 5 + ["Component not included"] * 4
                + [""] * 3,
                strict=True,
            )
        ),
    ]
)  # fmt: skip


def test_newer_shape() -> None:
    told = parse(NEWER)
    assert told.name == "Example-8B"
    assert told.texts["producer"] == "An example"
    assert told.licences["documentation"] == ("CC-BY-4.0", "LICENSE-docs")
    states = judge(told.release()).states
    assert states["architecture"].terms.expression == "Apache-2.0"
    assert states["parameters_final"].terms.expression == "OpenMDW-1.0"
    assert states["technical_report"].status == "unlicensed"
    assert states["datasets"].status == "absent"
    assert states["model_card"].status == "absent"


def test_older_shape_and_partly_filled() -> None:
    told = parse(OLDER)
    assert told.texts["repository"] == "https://example.org/old"
    statuses = [s.status for s in judge(told.release()).states.values()]
    assert statuses == ["open"] * 5 + ["unlicensed"] * 5 + ["absent"] * 4 + ["unknown"] * 3


def test_smallest_useful_file() -> None:
    told = parse("framework: {name: Model Openness Framework}\nrelease: {name: x}\n")
    assert judge(told.release()).spectrum.name is None


def test_version_is_text_not_a_number() -> None:
    assert parse(NEWER.replace("version: 8B", "version: 1.10")).texts["version"] == "1.10"


def test_round_trip_of_a_file() -> None:
    told = parse(NEWER)
    again = parse(dump(told))
    assert again.release() == told.release()
    assert again.texts == told.texts
    assert dump(again) == dump(parse(dump(again)))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(list(components())), unique=True),
    st.lists(st.sampled_from(["MIT", "NONE", "NOASSERTION", None, "LicenseRef-gemma"]), min_size=17,
             max_size=17),
    st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1),
)  # fmt: skip
def test_round_trip_of_any_description(keys: list[str], licences: list[str], name: str) -> None:
    if not name.strip() or name != name.strip():
        return
    parts = tuple(Part(k, x, description="d") for k, x in zip(keys, licences, strict=False))
    told = Description(name, licences={"code": ("MIT", "")}, parts=parts)
    again = parse(dump(told))
    assert again.name == name
    assert again.release().items == told.release().items


def test_facts_found_otherwise_can_be_written_and_read(tmp_path: Path) -> None:
    release = parse(NEWER).release()
    target = tmp_path / "openness.yaml"
    write(describe(release, type="language"), target)
    assert [i.licence for i in read(target).release().items] == [i.licence for i in release.items]
    assert list(tmp_path.iterdir()) == [target], "no half-written file stays behind"


def test_write_into_a_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(KitError, match="cannot be written"):
        write(parse(NEWER), tmp_path / "no" / "x.yaml")


# --- wrong files ------------------------------------------------------------------------------

WRONG = {
    "not YAML": ("release: [", "this is not YAML"),
    "tabs": (NEWER.replace("  version: 8B", "\tversion: 8B"), "line 7"),
    "nothing": ("", "framework and release"),
    "a list": ("- a\n- b", "framework and release"),
    "no framework": (NEWER[NEWER.index("release:") :], "framework: is missing"),
    "other framework": (NEWER.replace("Model Openness Framework", "Other"), "framework.name"),
    "no release": (NEWER[: NEWER.index("release:")], "release: is missing"),
    "no name": (NEWER.replace("  name: Example-8B\n", "", 1), "release.name"),
    "name is a list": (NEWER.replace("name: Example-8B", "name: [a]"), "line 6: release.name"),
    "release is text": ("framework: {name: Model Openness Framework}\nrelease: hi", "release"),
    "components is text": (NEWER[: NEWER.index("    -\n")] + "    x\n", "release.components"),
    "components is a map": (NEWER[: NEWER.index("    -\n")] + "    x: y\n", "must be a list"),
    "component without name": (NEWER + "    - license: MIT\n", "components[4].name"),
    "component is text": (NEWER + "    - hello\n", "components[4]"),
    "misspelt component": (NEWER.replace("'Model architecture'", "Modle architecture"),
                           "line 26: release.components[0].name"),
    "component twice": (NEWER + "    - name: Datasets\n", "a second time"),
    "key twice": (NEWER.replace("  version: 8B", "  version: 8B\n  version: 9B"), "a second time"),
    "bad date": (NEWER.replace("'2025-10-17'", "17 October"), "line 8: release.date"),
    "impossible date": (NEWER.replace("2025-10-17", "2025-13-17"), "release.date"),
    "licence scope": (NEWER.replace("    document:", "    documents:"),
                      "release.license.documents"),
    "licence is a list": (NEWER.replace("license: OpenMDW-1.0", "license: [MIT]"),
                          "line 32: release.components[1].license"),
    "alias": (NEWER.replace("name: Example-8B", "name: &a x\n  origin: *a", 1), "alias"),
    "alias bomb": ("a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n", "alias"),
    "python object": (NEWER.replace("'1.0'", "!!python/object/apply:os.getcwd []"), "line 3"),
    "own tag": (NEWER.replace("'1.0'", "!mine x"), "line 3"),
    "binary": (NEWER.replace("'1.0'", "!!binary aGk="), None),
    "too deep": ("[" * 50_000, "levels deep"),
    "too long": (NEWER + "#" * MAX_BYTES, "longer"),
    "control character": (NEWER.replace("8B", "\x07"), "character"),
    "two documents": (NEWER + "\n---\nx: 1\n", "second document"),
    "key is a list": ("? [a]\n: b\n", "a key must be plain text"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_wrong_file_is_one_sentence_with_line_and_field(case: str) -> None:
    text, expected = WRONG[case]
    if expected is None:  # plain text with a standard tag: read as text, never decoded
        assert parse(text).framework["version"] == "aGk="
        return
    with pytest.raises(KitError) as caught:
        parse(text, "x.yaml")
    message = caught.value.message
    assert message.startswith("x.yaml, line ")
    assert expected in message
    assert "\n" not in message and len(message) < 300
    assert caught.value.mend


def mutate(text: str, dice: random.Random) -> str:
    """One of the usual accidents: a cut, a doubled line, a wrong character, a moved block."""
    lines = text.splitlines()
    at = dice.randrange(len(lines))
    kind = dice.randrange(8)
    if kind == 0:
        return text[: dice.randrange(len(text))]
    if kind == 1:
        lines.insert(at, lines[at])
    elif kind == 2:
        lines[at] = lines[at].replace(":", "", 1)
    elif kind == 3:
        lines[at] = " " * dice.randrange(1, 4) + lines[at]
    elif kind == 4:
        lines[at] = lines[at].lstrip()
    elif kind == 5:
        lines[at] = lines[at] + dice.choice(["'", '"', "[", "{", " &a", " *a", "\x00", " !x y"])
    elif kind == 6:
        lines[at], lines[-1] = lines[-1], lines[at]
    else:
        lines[at] = lines[at].replace("name", dice.choice(["nmae", "Name", "NAME ", "- name"]))
    return "\n".join(lines)


def broken_files(count: int) -> list[str]:
    dice = random.Random(4)
    found: list[str] = []
    while len(found) < count:
        text = mutate(dice.choice([NEWER, OLDER]), dice)
        try:
            parse(text)
        except KitError:
            found.append(text)
    return found


@pytest.mark.parametrize("text", broken_files(30), ids=[f"mutant{i}" for i in range(30)])
def test_thirty_broken_files(text: str, tmp_path: Path) -> None:
    """Broken by mutation: always a KitError of one sentence with a line; never anything else."""
    path = tmp_path / "broken.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KitError) as caught:
        read(path)
    assert caught.value.message.startswith("broken.yaml, line ")
    assert "\n" not in caught.value.message


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        load(data.decode("utf-8", "replace"))
    except KitError as error:
        assert "\n" not in error.message


@pytest.mark.timeout(60)
def test_a_hostile_file_does_not_hang() -> None:
    for text in ("[" * 200_000, "{a: " * 60_000, "- " * 100_000, "a: " * 80_000, "x" * 200_000):
        with pytest.raises(KitError):
            parse(text)


def test_bytes_that_are_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes(b"framework:\n  name: caf\xe9\n")
    with pytest.raises(KitError, match="line 2: this is not UTF-8"):
        read(path)
    with pytest.raises(KitError, match="cannot be read"):
        read(tmp_path / "missing.yaml")
