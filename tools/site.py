"""`make site`: notebooks with their outputs, labs, slides, docs and the API as a folder of pages.

Built by Sphinx with MyST-NB, without a network, for opening from a disk or a file share. The links
and files of the result are checked before it is called done.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from selfhost.errors import KitError
from tools import site_source, slides
from tools.run import program
from tools.site_links import problems

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "build" / "site"


def build(
    out: Path = OUT, with_slides: bool = True, pdf: bool = True, solutions: bool = True
) -> Path:
    """Build the site; the folder. Raises `KitError` with Sphinx's words or the broken links."""
    source = out.parent / f"{out.name}-source"
    built = None
    if with_slides:
        try:
            slides.build([], pdf=pdf, out=out.parent / f"{out.name}-slides")
            slides.build([], pdf=pdf, out=out.parent / f"{out.name}-slides", language="es")
            built = out.parent / f"{out.name}-slides"
        except KitError as error:
            print(f"The site goes without slides. {error}")
    site_source.assemble(source, ROOT / "build" / "check.json", built, solutions)
    shutil.rmtree(out, ignore_errors=True)
    command = [sys.executable, "-m", "sphinx", "-q", "-E", "-b", "html"]
    command += ["-d", str(out.parent / f"{out.name}-doctrees"), str(source), str(out)]
    env = {**os.environ, "SELFHOST_ROOT": str(ROOT), "PYTHONUTF8": "1"}
    answer = subprocess.run(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, encoding="utf-8", errors="replace",
    )  # fmt: skip
    words = "\n".join(line for line in answer.stdout.splitlines() if line.strip())
    if answer.returncode:
        missing = "No module named sphinx" in words or "Could not import extension" in words
        mend = "pip install -e .[site]" if missing else "look at its words above"
        raise KitError(f"Sphinx stopped: {words[-800:]}", mend)
    if words:
        print(words)
    for template in (out / "_static").glob("*macros.html"):
        template.unlink()  # the theme's own templates, no pages
    extra = source / "_extra"
    if extra.exists():
        shutil.copytree(extra, out, dirs_exist_ok=True)
    wrong = problems(out)
    if wrong:
        listed = "\n  ".join(wrong[:40])
        raise KitError(f"{len(wrong)} links or files are wrong:\n  {listed}", "mend the pages")
    return out


def main(arguments: list[str] | None = None) -> int:
    """Build, and say where it is."""
    parser = argparse.ArgumentParser(prog="tools.site", description=__doc__)
    parser.add_argument("--slides", default="yes", help="no: without slides")
    parser.add_argument("--pdf", default="yes", help="no: slides as HTML only")
    parser.add_argument("--solutions", default="yes", help="no: for a site that students see")
    asked = parser.parse_args(arguments)
    out = build(OUT, asked.slides != "no", asked.pdf != "no", asked.solutions != "no")
    count = sum(1 for _ in out.rglob("*.html"))
    octets = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    print(f"{count} pages, {octets / 1e6:.0f} MB: open build/site/index.html")
    return 0


if __name__ == "__main__":
    program(main)
