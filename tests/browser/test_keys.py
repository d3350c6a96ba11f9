"""Keys pressed in a widget stay in it: JupyterLab would take them for commands to the notebook."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest

from tests.browser.jupyterlab import Lab

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

CELL = """\
import ipywidgets as w
from selfhost.widgets import Shown

class Fields(Shown):
    def __init__(self):
        self.radio = w.RadioButtons(options=["one", "two"], value=None)
        self.list = w.Dropdown(options=["alpha", "mistral", "olmo"])
        self.tick, self.said = w.Checkbox(description="tick"), w.HTML()
        for field in (self.radio, self.list, self.tick):
            field.observe(self.say, names="value")
        self.widget = w.VBox([self.radio, self.list, self.tick, self.said])
        self.say(None)
    def say(self, _change):
        values = self.radio.value, self.list.value, self.tick.value
        self.said.value = f"<p role='status'>{values[0]} {values[1]} {values[2]}</p>"
    def text(self):
        return "fields"

Fields()"""


def test_letters_and_arrows_stay_in_the_widget(lab: Lab, page: Any) -> None:
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(CELL), nbformat.v4.new_code_cell("1 + 1")]
    )
    notebook.metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    (lab.root / "keys.ipynb").write_text(nbformat.writes(notebook), encoding="utf-8")
    shown = lab.open(page, "keys.ipynb")
    shown.run_all(60)
    first = shown.cell(1)

    def press(field: str, key: str, expected: str) -> None:
        first.locator(field).first.focus()
        page.keyboard.press(key)
        first.get_by_role("status").filter(has_text=expected).wait_for(timeout=20_000)

    press("select", "m", "None mistral False")
    press("select", "ArrowDown", "None olmo False")
    press("input[type=radio]", "Space", "one olmo False")
    press("input[type=radio]", "ArrowDown", "two olmo False")
    press("input[type=checkbox]", "Space", "two olmo True")
    # A combination is still JupyterLab's: Shift+Enter runs the cell and goes to the next.
    page.keyboard.press("Shift+Enter")
    first.get_by_role("status").filter(has_text="None alpha False").wait_for(timeout=20_000)
