"""Keep a reader's keys for the widget that has the focus.

In JupyterLab a single key is a command to the notebook as long as no text field has the focus:
with a list or a radio button focused, the arrow keys move from cell to cell, and the letter "m"
turns the cell into Markdown and throws the widget away (seen in JupyterLab 4.6.6 with ipywidgets
8.1.9 in Chromium). The script below lets such keys go to lists, radio buttons, check boxes and
buttons instead. Combinations (Shift+Enter, Ctrl+S), Escape and Tab go on to JupyterLab.
"""

from __future__ import annotations

JAVASCRIPT = "application/javascript"
SCRIPT = """\
if (!window.selfhostKeys) {
  window.selfhostKeys = true;
  const ours = ".jupyter-widgets select, .jupyter-widgets input[type=radio], " +
    ".jupyter-widgets input[type=checkbox], button.jupyter-button, .jupyter-widgets button";
  window.addEventListener("keydown", (event) => {
    const combined = event.ctrlKey || event.metaKey || event.altKey ||
      (event.shiftKey && event.key === "Enter");
    const passes = combined || event.key === "Escape" || event.key === "Tab";
    if (!passes && event.target instanceof Element && event.target.matches(ours)) {
      event.stopImmediatePropagation();
    }
  }, true);
}
"""


def keep_keys() -> None:
    """Install the script in the page that shows this notebook; once is enough, more do no harm."""
    from IPython.display import display

    display({JAVASCRIPT: SCRIPT}, raw=True)
