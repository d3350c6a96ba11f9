"""Sphinx's settings for the site. `make site` copies the kit's texts beside this file and builds.

Everything a page needs lies beside it: no script, style, font or picture from elsewhere, and search
that works when the folder is opened from a disk. Why Sphinx: docs/maintaining.md.
"""

import re
from typing import Any

import selfhost

project = "Generative AI models running in your own infrastructure"
author = "the workshop's authors"
copyright = "text under CC BY 4.0, code under MIT"
release = version = selfhost.__version__
language = "en"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx_copybutton", "sphinx_design"]
exclude_patterns = ["**/.ipynb_checkpoints"]
nitpicky = False
suppress_warnings = [
    "misc.highlighting_failure",  # shell lines in Python cells
    "mystnb.unknown_mime_type",
    "myst.header",  # lessons choose their own depth of headings
    "myst.xref_missing",  # links to files of the kit that are no pages; the built site is checked
    "ref.python",  # classes of one name in two modules
    "docutils",  # docstrings are written for readers of the source
    "config.cache",
]

# Outputs are those that are stored; the site never runs a model.
nb_execution_mode = "off"
nb_ipywidgets_js: dict[str, Any] = {}  # widgets are shown by their text; no script from elsewhere
nb_merge_streams = True
myst_enable_extensions = ["colon_fence", "deflist", "html_image"]
myst_heading_anchors = 4
myst_dmath_allow_labels = False

autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "show-inheritance": True}
autodoc_typehints = "signature"
python_maximum_signature_line_length = 88

html_theme = "sphinx_book_theme"
html_context = {"default_mode": "auto"}
html_title = "Your own generative AI"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
html_show_search_summary = False  # it would fetch pages, which a browser refuses for files
html_last_updated_fmt = "%Y-%m-%d"
html_theme_options = {
    "use_download_button": False,
    "use_fullscreen_button": False,
    "use_repository_button": False,
    "use_issues_button": False,
    "use_source_button": False,
    "home_page_in_toc": True,
    "show_navbar_depth": 1,
    "max_navbar_depth": 2,
    "show_toc_level": 2,
    "search_bar_text": "Search",
}


def _as_rst(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """The kit's docstrings are plain text with `code` and indented examples: say so in RST."""
    text = re.sub(r":\n\n(?= {4})", "::\n\n", "\n".join(lines))
    pieces = re.split(r"`+([^`]+)`+", text)
    pieces[::2] = [re.sub(r"([*|])|(?<=\w)_(?!\w)", r"\\\g<0>", piece) for piece in pieces[::2]]
    pieces[1::2] = [f"``{' '.join(piece.split())}``" for piece in pieces[1::2]]
    # Inline code ends at a letter only where a backslash says so: `KitError`s.
    pieces[2::2] = [rf"\ {piece}" if re.match(r"\w", piece) else piece for piece in pieces[2::2]]
    lines[:] = "".join(pieces).split("\n")


def setup(app: Any) -> None:
    """Called by Sphinx."""
    app.connect("autodoc-process-docstring", _as_rst)
