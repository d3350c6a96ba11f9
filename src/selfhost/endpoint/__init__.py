"""Where the clients connect: find a model server, or start the kit's own.

>>> from selfhost.endpoint import endpoint
>>> at = endpoint()
>>> print(at.describe())
>>> at.export()            # OLLAMA_HOST, OPENAI_BASE_URL ... for clients and `!curl`

`endpoint()` looks in this order (`SELFHOST_ENGINE=embedded|ollama|openai` restricts it):

1. `SELFHOST_ENDPOINT` (and `SELFHOST_MODEL`), if set;
2. a running Ollama that has the model asked for, or `gemma3:1b`;
3. the embedded endpoint: a child process that all notebooks of one user share, which ends by
   itself soon after the last of them, however that one ended.
"""

from selfhost.endpoint.embedded import Status, status, stop
from selfhost.endpoint.handle import Endpoint
from selfhost.endpoint.resolve import endpoint

__all__ = ["Endpoint", "Status", "endpoint", "status", "stop"]
