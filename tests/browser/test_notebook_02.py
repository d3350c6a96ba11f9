"""A student explores openness with the keyboard: a model's card, and a release of their own."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.jupyterlab import Lab

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(480)]


def says(box: Any, text: str) -> str:
    """Wait until the box's status line holds the text; the whole line."""
    status = box.get_by_role("status").filter(has_text=text)
    status.wait_for(timeout=20_000)
    return str(status.inner_text())


def test_choose_a_model_and_build_a_release(lab: Lab, page: Any) -> None:
    notebook = lab.open(page, "notebooks/02_openness_spectrum.ipynb")
    cells = notebook.run_all(240)
    assert all(cell["execution_count"] for cell in cells if cell["cell_type"] == "code")

    # The card: type a model's name into the list.
    cards = page.locator(".widget-vbox:has(> .widget-dropdown)").first
    cards.scroll_into_view_if_needed()
    choice = cards.locator("select").first
    before = cards.get_by_role("status").inner_text()
    choice.focus()
    page.keyboard.type("olmo")
    after = says(cards, "OLMo 2")
    assert before != after
    assert "reproducible" in after, "OLMo 2 is the workshop's example of the class"
    notebook.screenshot("02-explorer")

    # The release: weights alone; then none; then everything.
    page.keyboard.press("Escape")
    mine = page.locator(".widget-vbox").filter(has=page.get_by_text("How people reach it")).first
    mine.scroll_into_view_if_needed()
    assert "open weight" in says(mine, "your release")
    weights = mine.get_by_label("Model parameters (Final)")
    weights.focus()
    assert weights.is_checked()
    page.keyboard.press("Space")
    says(mine, "directly accessible")
    assert not weights.is_checked()
    page.keyboard.press("Space")
    says(mine, "open weight")
    mine.get_by_role("button", name="tick all", exact=True).focus()
    page.keyboard.press("Enter")
    assert "MOF class I;" in says(mine, "reproducible")
    notebook.screenshot("02-builder", mine)
