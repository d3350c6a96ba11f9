"""Make a stored notebook depend on nothing but its source and what the run printed."""

from __future__ import annotations

import hashlib
import json
import re
from collections import deque
from typing import Any

import nbformat

WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
_REFERENCE = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
_UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
_MARKUP = ("text/html", "application/javascript", "image/svg+xml")


def normalise(notebook: Any) -> Any:
    """A copy without times, kernel versions and random ids; the order of ids is that of use."""
    notebook = nbformat.from_dict(json.loads(json.dumps(notebook)))
    if "language_info" in notebook.metadata:  # a kernel adds its Python's exact version
        notebook.metadata["language_info"] = {"name": notebook.metadata.language_info["name"]}
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type != "code":
            continue
        for output in cell.outputs:
            output.pop("transient", None)
            if "data" in output:
                output.metadata = output.get("metadata", {})
    states = notebook.metadata.get("widgets", {}).get(WIDGET_STATE, {}).get("state", {})
    for state in states.values():
        if "msg_id" in state.get("state", {}):
            state["state"]["msg_id"] = ""
    renamed = _number_widgets(notebook, states)
    return nbformat.from_dict(_rename(renamed, _number_uuids(renamed)))


def _number_widgets(notebook: Any, states: dict[str, Any]) -> Any:
    """Widget models named by first use: the views in the cells, then what these refer to."""
    if not states:
        notebook.metadata.pop("widgets", None)
        return notebook
    ordered: dict[str, str] = {}
    waiting: deque[str] = deque()

    def meet(value: Any) -> None:
        for found in _REFERENCE.findall(json.dumps(value, sort_keys=True)):
            if found in states and found not in ordered:
                ordered[found] = f"{len(ordered) + 1:032x}"
                waiting.append(found)

    for cell in notebook.cells:
        meet(cell.get("outputs", []))
    while waiting:
        meet(states[waiting.popleft()])
    # Models that no view leads to cannot be shown again: leave them out.
    kept = {name: states[name] for name in ordered}
    notebook.metadata.widgets[WIDGET_STATE]["state"] = kept
    return _rename(notebook, ordered)


def _number_uuids(notebook: Any) -> dict[str, str]:
    """Ids that libraries draw at random for their markup."""
    found: dict[str, str] = {}
    for output in _outputs(notebook):
        for kind in _MARKUP:
            for uuid in _UUID.findall(_joined(output.get("data", {}).get(kind, ""))):
                found.setdefault(uuid, f"00000000-0000-4000-8000-{len(found) + 1:012x}")
    return found


def _rename(notebook: Any, names: dict[str, str]) -> Any:
    if not names:
        return notebook
    pattern = re.compile("|".join(sorted(names)))
    text = pattern.sub(lambda match: names[match[0]], json.dumps(notebook))
    return nbformat.from_dict(json.loads(text))


def _outputs(notebook: Any) -> list[Any]:
    return [o for cell in notebook.cells for o in cell.get("outputs", [])]


def _joined(value: Any) -> str:
    return value if isinstance(value, str) else "".join(value)


def outputs_sha256(notebook: Any) -> str:
    """Of all stored outputs: tells whether they are the ones that a build left."""
    stored = [
        [cell.execution_count, cell.outputs] for cell in notebook.cells if cell.cell_type == "code"
    ]
    return hashlib.sha256(json.dumps(stored, sort_keys=True).encode("utf-8")).hexdigest()


def compared(cell: Any) -> list[Any]:
    """What a strict comparison looks at: text, without pictures and widget views."""
    if "nbval-ignore-output" in cell.metadata.get("tags", []):
        return []
    found: list[Any] = []
    for output in cell.outputs:
        if output.output_type == "stream":
            found.append([output.name, output.text])
        elif output.output_type == "error":
            found.append([output.ename, output.evalue])
        else:
            data = output.get("data", {})
            if WIDGET_VIEW not in data:
                found.append({k: v for k, v in data.items() if not k.startswith("image/")})
    return found


def dumps(notebook: Any) -> str:
    """The file's text: sorted keys, one newline at the end."""
    nbformat.validate(notebook)
    text: str = nbformat.writes(notebook, version=nbformat.NO_CONVERT)
    return text.rstrip("\n") + "\n"
