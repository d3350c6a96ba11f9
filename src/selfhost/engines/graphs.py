"""ONNX Runtime and OpenVINO: two engines that compute the same ONNX graph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from selfhost.engines import convert
from selfhost.engines.base import (
    GREEDY,
    Engine,
    Generated,
    Progress,
    Prompt,
    Settings,
    check,
    need,
    package,
    silent,
)
from selfhost.engines.source import Source
from selfhost.engines.stepping import decode
from selfhost.engines.telemetry import no_telemetry
from selfhost.stackcard.card import Engine as EnginePart
from selfhost.stackcard.card import Serving


class _Graph(Engine):
    """Decoding is ours (`stepping`), the network's arithmetic is the engine's."""

    batch: int
    threads: int

    def _step(self, inputs: dict[str, Any]) -> tuple[Any, Any]:
        raise NotImplementedError

    def generate_all(
        self, prompts: Sequence[Prompt], settings: Settings = GREEDY,
        progress: Progress = silent,
    ) -> list[Generated]:  # fmt: skip
        check(prompts, settings, self.source.context)
        return decode(
            self._step, self.source, prompts, settings,
            batch=self.batch, label=self.name, progress=progress,
        )  # fmt: skip

    def serving(self) -> Serving:
        return Serving(
            api="in process", context_length=self.source.context, parallel_slots=self.batch,
            threads=self.threads, prompt_cache=False,
        )  # fmt: skip


class OnnxRuntime(_Graph):
    """ONNX Runtime on the CPU, float32."""

    def __init__(
        self, source: Source, *, batch: int = 16, threads: int = 1, name: str = "onnxruntime",
        progress: Progress = silent,
    ) -> None:  # fmt: skip
        onnxruntime = need("onnxruntime", "onnxruntime")
        self.name, self.source, self.batch, self.threads = name, source, batch, threads
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self._session: Any = onnxruntime.InferenceSession(
            str(convert.onnx(source, progress)), options, providers=["CPUExecutionProvider"]
        )

    def _step(self, inputs: dict[str, Any]) -> tuple[Any, Any]:
        logits, present = self._session.run(["logits", "present"], inputs)
        return logits, present

    def about(self) -> EnginePart:
        told = package("onnxruntime")
        return EnginePart(
            name="ONNX Runtime", version=told.split()[-1], package=told,
            build={"provider": "CPUExecutionProvider", "graph": package("onnxscript")},
        )  # fmt: skip

    def close(self) -> None:
        self._session = None


class OpenVino(_Graph):
    """OpenVINO on the CPU. `precision`: f32, or None for the one that it chooses by itself.

    What it chose is in `precision_in_force`: on processors with bfloat16 instructions, bfloat16,
    although the weights are float32.
    """

    def __init__(
        self, source: Source, *, precision: str | None = "f32", batch: int = 16, threads: int = 1,
        name: str = "", progress: Progress = silent,
    ) -> None:  # fmt: skip
        self.name = name or f"openvino/{precision or 'default'}"
        self.source, self.batch, self.threads = source, batch, threads
        with no_telemetry():
            openvino = need("openvino", "openvino")
        core = openvino.Core()
        asked: dict[str, Any] = {"INFERENCE_NUM_THREADS": threads}
        if precision is not None:
            asked["INFERENCE_PRECISION_HINT"] = precision
        self._compiled: Any = core.compile_model(str(convert.onnx(source, progress)), "CPU", asked)
        in_force = self._compiled.get_property("INFERENCE_PRECISION_HINT")
        self.precision_in_force = str(in_force.get_type_name())

    def _step(self, inputs: dict[str, Any]) -> tuple[Any, Any]:
        found = self._compiled(inputs)
        return found["logits"], found["present"]

    def about(self) -> EnginePart:
        told = package("openvino")
        return EnginePart(
            name="OpenVINO", version=told.split()[-1], package=told,
            build={"device": "CPU", "inference_precision": self.precision_in_force},
        )  # fmt: skip

    def close(self) -> None:
        self._compiled = None
