"""A student searches the catalogue and asks what would run, with the keyboard."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.browser.jupyterlab import Lab

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(480)]


def test_search_the_catalogue_and_move_the_memory(lab: Lab, page: Any) -> None:
    notebook = lab.open(page, "notebooks/13_beyond_text.ipynb")
    cells = notebook.run_all(240)
    assert all(cell["execution_count"] for cell in cells if cell["cell_type"] == "code")

    # The table: type a firm's name into the search field.
    table = page.locator(".widget-vbox").filter(has=page.get_by_label("sort by")).first
    table.scroll_into_view_if_needed()
    status = table.get_by_role("status")
    assert re.match(r"(\d+) of \1 entries", status.inner_text())
    table.get_by_label("search").focus()
    page.keyboard.type("tencent")
    status.filter(has_text=re.compile(r"^2 of \d+ entries")).wait_for(timeout=20_000)
    names = table.locator("tbody tr td:first-child").all_inner_texts()
    assert names == ["Hunyuan Video", "HunyuanWorld"]
    notebook.screenshot("13-search")

    # What would run: less memory, fewer models.
    here = page.locator(".widget-vbox").filter(has_text="free GiB").last
    here.scroll_into_view_if_needed()
    told = here.get_by_role("status")
    before = int(re.match(r"(\d+) of", told.inner_text()).group(1))  # type: ignore[union-attr]
    here.locator("[role=slider]").first.focus()
    page.keyboard.press("Home")
    told.filter(has_text="fit in 1 GiB").wait_for(timeout=20_000)
    after = int(re.match(r"(\d+) of", told.inner_text()).group(1))  # type: ignore[union-attr]
    assert after < before
    assert here.locator("td", has_text="unknown").count() > 0
    notebook.screenshot("13-runs-here")
