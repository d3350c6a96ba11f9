"""Chat programs in front of an endpoint: install one, start and stop it, see what it sends.

>>> from selfhost import frontends
>>> frontends.install("open-webui")             # once, in an environment of its own
>>> frontends.start("open-webui", "http://127.0.0.1:11434")
>>> frontends.stop("open-webui")

Open WebUI is the one that the kit installs by itself; what it knows about the others (licence,
recipe, what was tried) stands in `data/frontends.yaml`, see `catalogue`.
"""

from selfhost.frontends.catalogue import FrontEnd, catalogue, recipe
from selfhost.frontends.installation import Installed, install, installed, remove
from selfhost.frontends.process import Running, running, start, stop
from selfhost.frontends.recording import Recorder
from selfhost.frontends.sent import purpose, rows

__all__ = [
    "FrontEnd",
    "Installed",
    "Recorder",
    "Running",
    "catalogue",
    "install",
    "installed",
    "purpose",
    "recipe",
    "remove",
    "rows",
    "running",
    "start",
    "stop",
]
