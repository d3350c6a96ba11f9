"""Random ids are numbered by use; what a reader sees stays."""

from __future__ import annotations

import random
import uuid
from typing import Any

import nbformat

from tools.course.normalise import WIDGET_STATE, WIDGET_VIEW, normalise


def notebook(seed: int) -> Any:
    """A notebook with two widgets (one box in another), an orphan, and an HTML table."""
    draw = random.Random(seed)
    names = {n: f"{draw.getrandbits(128):032x}" for n in ("box", "slider", "layout", "orphan")}
    state = {
        names["orphan"]: {"model_name": "IntSliderModel", "state": {"value": 1}},
        names["layout"]: {"model_name": "LayoutModel", "state": {}},
        names["slider"]: {
            "model_name": "IntSliderModel",
            "state": {"layout": f"IPY_MODEL_{names['layout']}", "value": 7},
        },
        names["box"]: {
            "model_name": "HBoxModel",
            "state": {"children": [f"IPY_MODEL_{names['slider']}"], "msg_id": str(draw.random())},
        },
    }
    order = list(state.items())
    draw.shuffle(order)
    view = {"model_id": names["box"], "version_major": 2, "version_minor": 0}
    table = f"<table id='{uuid.UUID(int=draw.getrandbits(128), version=4)}'></table>"
    cell = nbformat.v4.new_code_cell(
        "box",
        id="box",
        execution_count=1,
        metadata={"execution": {"iopub.execute_input": str(draw.random())}},
        outputs=[
            nbformat.v4.new_output("display_data", {WIDGET_VIEW: view, "text/plain": "HBox()"}),
            nbformat.v4.new_output("display_data", {"text/html": table}),
            nbformat.v4.new_output(
                "stream", name="stdout", text="d41d8cd98f00b204e9800998ecf8427e"
            ),
        ],
    )
    made = nbformat.v4.new_notebook(cells=[cell])
    made.metadata["widgets"] = {
        WIDGET_STATE: {"version_major": 2, "version_minor": 0, "state": dict(order)}
    }
    return made


def test_two_runs_give_the_same_file() -> None:
    one, other = normalise(notebook(1)), normalise(notebook(2))
    assert notebook(1) != notebook(2)
    assert one == other
    assert normalise(one) == one


def test_views_still_find_their_models_and_text_is_left_alone() -> None:
    made = normalise(notebook(1))
    state = made.metadata.widgets[WIDGET_STATE]["state"]
    shown = made.cells[0].outputs[0].data[WIDGET_VIEW]["model_id"]
    child = state[shown]["state"]["children"][0].removeprefix("IPY_MODEL_")
    assert state[child]["state"]["value"] == 7
    assert len(state) == 3, "a model that no view leads to is dropped"
    assert made.cells[0].outputs[2].text == "d41d8cd98f00b204e9800998ecf8427e"
    assert made.cells[0].metadata == {}
