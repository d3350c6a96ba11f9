"""A student walks through the guide to engines with the keyboard alone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.browser.jupyterlab import Lab

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]


def test_walk_to_an_engine_with_the_keyboard(lab: Lab, page: Any) -> None:
    cell = {
        "cell_type": "code", "id": "guide", "metadata": {}, "execution_count": None, "outputs": [],
        "source": "from selfhost.widgets.guide import Guide\n\nGuide()",
    }  # fmt: skip
    made = {"cells": [cell], "metadata": {"kernelspec": {"name": "python3", "language": "python",
            "display_name": "Python 3"}}, "nbformat": 4, "nbformat_minor": 5}  # fmt: skip
    (lab.root / "guide.ipynb").write_text(json.dumps(made), encoding="utf-8")
    notebook = lab.open(page, "guide.ipynb")
    notebook.run_all(90)

    guide = page.locator(".widget-vbox").filter(has_text="What do you want to do?").first
    question = guide.get_by_role("status")
    for label, following in [
        ("serve a class or a department", "Which machine?"),
        ("GPUs of a data centre", "What do the requests look like?"),
        ("all sorts", "vLLM"),
    ]:
        guide.get_by_role("button", name=label).focus()
        page.keyboard.press("Space")
        question.filter(has_text=following).wait_for(timeout=20_000)
    assert "because" in guide.inner_text() and "Apache-2.0" in guide.inner_text()
    notebook.screenshot("08-guide", guide)

    guide.get_by_role("button", name="One step back").focus()
    page.keyboard.press("Enter")
    question.filter(has_text="What do the requests look like?").wait_for(timeout=20_000)
    assert page.errors == []
