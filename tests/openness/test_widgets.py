"""The widgets' callbacks, called as the browser calls them: change a value, read what is shown."""

from __future__ import annotations

import html
import re

import pytest

from selfhost.openness import CLASSES, components
from selfhost.openness.catalogue import catalogue
from selfhost.widgets.catalogue import browse, runs_here
from selfhost.widgets.openness import LICENCES, builder, explorer, ladder


def words(markup: str) -> str:
    """What a reader sees of some HTML."""
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", markup).split()))


def status(markup: str) -> str:
    """The line that a screen reader announces."""
    found = re.search(r'<p role="status">(.*?)</p>', markup)
    assert found, "every change is announced"
    return words(found.group(1))


# --- explorer ---------------------------------------------------------------------------------


def test_choosing_a_model_changes_the_card() -> None:
    cards = explorer("llama-3")
    assert status(cards.view.value).startswith("Llama 3: available weights")
    cards.choice.value = "OLMo 2"
    assert status(cards.view.value).startswith("OLMo 2: reproducible")
    shown = words(cards.view.value)
    assert "producer: Allen Institute for AI" in shown
    assert "class in the workshop: reproducible" in shown
    assert "Missing for MOF class III" in shown
    assert "detailed study restricted" not in shown and "complete" in shown


@pytest.mark.parametrize("key", [k for k, e in catalogue().items()
                                 if e.row.kind in ("model", "service")])  # fmt: skip
def test_every_model_has_a_card(key: str) -> None:
    cards = explorer("olmo-2")
    cards.choose(key)
    name = catalogue()[key].row.name
    assert status(cards.view.value).startswith(name + ":") or key == "aprendiz"
    assert cards.text().splitlines()[0] == status(cards.view.value)
    assert catalogue()[key].row.sources[0].url in words(cards.view.value)


def test_data_sets_are_no_models() -> None:
    names = explorer().entries
    assert "FineWeb" not in names and "OpenRouter" in names


# --- builder ----------------------------------------------------------------------------------


def test_ticking_climbs_the_classes() -> None:
    mine = builder([])
    seen = [mine.verdict.spectrum.name]
    mine.tick("parameters_final", "LicenseRef-gemma")
    seen.append(mine.verdict.spectrum.name)
    mine.licences["parameters_final"].value = "Apache-2.0"
    seen.append(mine.verdict.spectrum.name)
    for key in ("architecture", "training_code", "inference_code", "technical_report", "data_card"):
        mine.tick(key)
    seen.append(mine.verdict.spectrum.name)
    mine.tick("datasets")
    mine.tick("preprocessing_code")
    seen.append(mine.verdict.spectrum.name)
    assert seen == list(CLASSES[1:])
    mine.tick("parameters_final", on=False)
    assert status(mine.view.value).startswith("your release: directly accessible")
    mine.api.value = False
    assert "nothing to run" in status(mine.view.value)
    mine.app.value = True
    assert "behind-app" in status(mine.view.value)


def test_the_view_follows_every_change() -> None:
    mine = builder(["parameters_final"])
    for licence in LICENCES:
        mine.licences["parameters_final"].value = licence
        assert status(mine.view.value) == mine.text().splitlines()[0]
    mine.licences["parameters_final"].value = "CC-BY-NC-4.0"
    assert "0 of 1 parts, 1 with conditions" in words(mine.view.value)
    mine.licences["parameters_final"].value = "no licence"
    assert "all rights are reserved" in words(mine.view.value)


def test_a_licence_can_be_chosen_only_for_what_is_published() -> None:
    mine = builder(["datasets"])
    assert mine.licences["datasets"].disabled is False
    assert mine.licences["training_code"].disabled is True
    mine.tick("training_code")
    assert mine.licences["training_code"].disabled is False


def test_tick_all_and_none_by_their_buttons() -> None:
    mine = builder([])
    mine.everything.click()
    assert "reproducible; MOF class I; OSI definition: yes" in status(mine.view.value)
    assert all(mine.ticks[key].value for key in components())
    mine.nothing.click()
    assert mine.release.items == ()


def test_ladder_marks_the_class_with_more_than_colour() -> None:
    shown = words(ladder("open weight"))
    assert "▶ open weight" in shown and "✓ available weights" in shown
    assert "▶" not in words(ladder(None))


def test_widgets_carry_a_text_twin() -> None:
    for widget in (explorer(), builder(), browse(), runs_here()):
        bundle = widget._repr_mimebundle_()
        assert bundle["text/plain"] == widget.text()
        assert "application/vnd.jupyter.widget-view+json" in bundle


# --- catalogue --------------------------------------------------------------------------------


def test_search_and_filters() -> None:
    table = browse()
    total = len(catalogue())
    assert status(table.view.value) == f"{total} of {total} entries"
    table.search("tencent")
    assert {e.id for e in table.entries} == {"hunyuan-video", "hunyuan-world"}
    assert "Hunyuan Video" in words(table.view.value)
    assert "OLMo" not in words(table.view.value)
    table.search("")
    table.kind.value = "front end"
    table.derived.value = "not open"
    assert {e.id for e in table.entries} == {"open-webui", "wan2gp"}
    table.search("zzz")
    assert status(table.view.value).startswith("0 of")
    assert table.text().startswith("0 of")


def test_the_text_twin_is_a_page_and_no_wall() -> None:
    for widget, total in ((browse(), len(catalogue())), (here := runs_here(), len(here.fits))):
        lines = widget.text().splitlines()
        assert len(lines) < 20 and max(map(len, lines)) < 120
        assert lines[-1] == f"... and {total - 12} more: run the cell to see them"


@pytest.mark.parametrize("column", ["name", "date", "licence", "producer"])
def test_sorting(column: str) -> None:
    table = browse(kind="model")
    table.sort.value = column
    values = [str(e.as_row()[column]).lower() for e in table.entries]
    assert values == sorted(values)


def test_nothing_a_reader_types_becomes_markup() -> None:
    table = browse()
    table.search("<script>alert(1)</script>")
    assert "<script>" not in table.view.value


def test_what_runs_here() -> None:
    here = runs_here(8)
    small = sum(bool(f.fits) for f in here.fits)
    here.ram.value = 64
    large = sum(bool(f.fits) for f in here.fits)
    assert small < large
    here.precision.value = "float32"
    assert sum(bool(f.fits) for f in here.fits) < large
    here.modality.value = "video"
    assert {f.name for f in here.fits} == {
        "Wan 2.2", "Hunyuan Video", "LTX Video", "Stable Video Diffusion", "Open-Sora",
    }  # fmt: skip
    assert "estimate" in status(here.view.value)
    here.modality.value = "3D"
    assert "? unknown" in words(here.view.value)


def test_strange_amounts_of_memory_do_not_break_it() -> None:
    assert runs_here(0.2).ram.value == 1
    assert runs_here(100_000).ram.value == 128
