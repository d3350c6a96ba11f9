"""A student opens notebook 01, runs it, and moves the temperature with the keyboard."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.browser.jupyterlab import Lab

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(480)]


def shares(box: Any) -> dict[str, str]:
    """token -> share, as the chart's rows say them."""
    rows = box.locator("table tr")
    return {
        rows.nth(i).locator("td").nth(0).inner_text(): rows.nth(i).locator("td").nth(1).inner_text()
        for i in range(rows.count())
    }


def test_run_all_and_move_the_temperature(lab: Lab, page: Any) -> None:
    notebook = lab.open(page, "notebooks/01_inside_a_model.ipynb")
    cells = notebook.run_all()
    counts = [cell["execution_count"] for cell in cells if cell["cell_type"] == "code"]
    assert counts == list(range(1, len(counts) + 1))
    assert not [
        output
        for cell in cells
        for output in cell.get("outputs", [])
        if output.get("name") == "stderr"
    ]

    sliders = page.locator(".widget-vbox").filter(has_text="top_k (0: off)").last
    sliders.scroll_into_view_if_needed()
    status, handle = sliders.get_by_role("status"), sliders.locator("[role=slider]").first
    assert "temperature 1.0" in status.inner_text()
    warm, bars = shares(sliders), sliders.locator("table div")
    width = bars.first.bounding_box()["width"]
    notebook.screenshot("01-temperature-1.0", sliders)

    handle.focus()
    for step in range(1, 8):  # one at a time, as somebody would who looks at the bars
        page.keyboard.press("ArrowLeft")
        expected = re.compile(rf"temperature {1 - step / 10:.1f}")
        status.filter(has_text=expected).wait_for(timeout=20_000)
    cold = shares(sliders)
    first = next(iter(warm))
    assert float(cold[first].rstrip("%")) > float(warm[first].rstrip("%"))
    assert bars.first.bounding_box()["width"] > width
    notebook.screenshot("01-temperature-0.3", sliders)
    notebook.screenshot("01-page")
