"""Models behind an HTTP API: who offers them, what an endpoint lets you set, what a call costs.

`providers` reads one data file; `probe` asks an endpoint instead of believing its page; `call`
asks patiently and says in one sentence what went wrong; `keys` keeps keys out of notebooks.
"""

from selfhost.apis.call import Reply, Target, ask
from selfhost.apis.cost import Price, Usage, cost
from selfhost.apis.keys import find_key, scan_files, scan_text
from selfhost.apis.providers import Provider, provider, providers

__all__ = [
    "Price",
    "Provider",
    "Reply",
    "Target",
    "Usage",
    "ask",
    "cost",
    "find_key",
    "provider",
    "providers",
    "scan_files",
    "scan_text",
]
