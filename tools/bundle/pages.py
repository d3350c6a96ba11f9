"""The website in the bundle: for telephones, and for laptops on which nothing can be installed."""

from __future__ import annotations

import shutil
from pathlib import Path

SITE = "site"


def copy(built: Path, folder: Path) -> list[str]:
    """Put the website that `make site` built into the folder: paths with /, sorted; none: [].

    What an earlier bundle left there goes. Raises OSError (a full disk) with nothing half-copied
    under the final name.
    """
    place, fresh = folder / SITE, folder / f".{SITE}.new"
    shutil.rmtree(fresh, ignore_errors=True)
    if not (built / "index.html").is_file():
        shutil.rmtree(place, ignore_errors=True)
        return []
    try:
        shutil.copytree(built, fresh, ignore=shutil.ignore_patterns(".*"))
        shutil.rmtree(place, ignore_errors=True)
        fresh.replace(place)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return sorted(p.relative_to(folder).as_posix() for p in place.rglob("*") if p.is_file())
