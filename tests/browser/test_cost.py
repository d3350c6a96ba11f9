"""The cost sliders of notebook 04, moved with the keyboard: the verdict is said in words."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest

from tests.browser.jupyterlab import Lab

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


def test_a_slider_moves_with_the_arrow_keys(lab: Lab, page: Any) -> None:
    cell = "from selfhost.widgets.cost import cost\ncost()"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)])
    notebook.metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    (lab.root / "cost.ipynb").write_text(nbformat.writes(notebook), encoding="utf-8")
    shown = lab.open(page, "cost.ipynb")
    shown.run_all(90)
    first = shown.cell(1)
    status = first.get_by_role("status")
    status.filter(has_text="typical: NEVER PAYS BACK").wait_for(timeout=20_000)
    before = status.inner_text()
    picture = first.locator("img").first.get_attribute("src")
    handle = first.locator("[role=slider]").first  # the demand
    handle.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "([before]) => document.querySelector('.jupyter-widgets [role=status]').innerText"
        " !== before", arg=[before], timeout=20_000,
    )  # fmt: skip
    assert "API" in status.inner_text()
    page.wait_for_function(  # the words come first, the picture follows
        "([before]) => document.querySelector('.jupyter-widgets img').src !== before",
        arg=[picture], timeout=20_000,
    )  # fmt: skip
    assert not page.errors
    shown.screenshot("cost-sliders", first)
