"""The Spanish edition of a notebook: the same code and outputs, the prose from the translations."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from tools.course.front import split_header
from tools.course.translate import EMPTY

FOLDER = "es"
_LINK = re.compile(r"(\]\()(?![a-z]+:|#|attachment)([^)\s]+)(\))")
_HREF = re.compile(r'(href=")((?![a-z]+:|#)[^"]+\.ipynb)(")')

NEEDS = {
    "endpoint": (
        "un modelo que responda: el cuaderno encuentra tu Ollama, o arranca el pequeño modelo que "
        "viene con el kit",
        "el modelo que viene con el kit responde sin red",
    ),
    "network": (
        "internet, para las celdas que lo dicen",
        "sin ella, esas celdas dicen en una línea qué verías: léelo y sigue",
    ),
    "gpu": (
        "una GPU de NVIDIA, para las celdas que lo dicen",
        "sin ella, esas celdas dicen en una línea qué verías: léelo y sigue",
    ),
    "desktop": (
        "un escritorio, para los programas gráficos",
        "en un servidor sin él, lee esas partes y pruébalas después en un portátil",
    ),
    "speech": (
        "los motores de voz (`selfhost doctor` dice si están)",
        "funcionan sin red una vez instalados",
    ),
    "compiler": (
        "un compilador de C++ (`selfhost doctor` dice si hay uno)",
        "sin él, las celdas que lo necesitan lo dicen: léelas y sigue",
    ),
}


def file_of(english: str) -> str:
    """`notebooks/01_x.ipynb` -> `notebooks/es/01_x.ipynb`."""
    folder, _, name = english.rpartition("/")
    return f"{folder}/{FOLDER}/{name}"


def has_edition(root: Path, name: str) -> bool:
    """Whether a lesson's source has a Spanish head (read without its cells: it is quick)."""
    for folder in ("notebooks", "labs"):
        path = root / "course" / folder / f"{name}.py"
        if path.is_file():
            header, _ = split_header(path.read_text(encoding="utf-8"))
            return any(line.rstrip() == "#     es:" for line in header)
    return False


def with_links(text: str, folder: str, root: Path) -> str:
    """Links of a text that stood in `folder`, for the same text in `folder`/es.

    What has a Spanish edition is led to there.
    """

    def changed(match: re.Match[str]) -> str:
        target, hash_, place = match[2].partition("#")
        path = posixpath.normpath(posixpath.join(folder, target))
        stem, dot, suffix = posixpath.basename(path).rpartition(".")
        if dot and suffix == "ipynb" and has_edition(root, stem):
            path = file_of(path)
        link = posixpath.relpath(path, f"{folder}/{FOLDER}")
        return f"{match[1]}{link}{hash_}{place}{match[3]}"

    return _LINK.sub(changed, text)


def with_outputs(notebook: Any, folder: str, root: Path) -> Any:
    """The notebook with the links in its outputs led from `folder`/es; all else as it was."""

    def led(match: re.Match[str]) -> str:
        return match[1] + with_links(f"]({match[2]})", folder, root)[2:-1] + match[3]

    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            page = output.get("data", {}).get("text/html")
            if isinstance(page, str):
                output["data"]["text/html"] = _HREF.sub(led, page)
    return notebook


def first_cell(lesson: Any, kind: str) -> str:
    """Title, objectives, time and needs."""
    front = lesson.front
    number = lesson.number.replace("Lab", "Práctica")
    title = f"# {number} · {front.es.title}" + (" · solución" if kind == "solution" else "")
    time = f"**Tiempo:** unos {front.minutes} minutos"
    if front.exercises:
        time += f" para leer y ejecutar, {front.exercises} minutos para los ejercicios"
    lines = [title, ""]
    if kind == "solution":
        link = f"../../labs/{FOLDER}/{lesson.name}.ipynb"
        lines += [
            f"La práctica con sus respuestas. Intenta antes [la práctica]({link}).",
            "",
        ]
    lines += ["**Después sabrás**", ""]
    lines += [f"- {objective}" for objective in front.es.objectives]
    lines += ["", f"{time}.", ""]
    if not front.needs:
        lines += ["**No necesitas** más que este cuaderno; aquí nada usa la red."]
    else:
        lines += ["**Necesitas**", ""]
        lines += [f"- {NEEDS[need][0]};" for need in front.needs[:-1]]
        lines += [f"- {NEEDS[front.needs[-1]][0]}.", ""]
        without = dict.fromkeys(NEEDS[need][1] for need in front.needs)
        sentences = [text[0].upper() + text[1:] + "." for text in without]
        lines += [f"**¿Sin red?** {' '.join(sentences)}"]
    lines += ["", "*El código y lo que imprime están en inglés, como en la edición inglesa.*"]
    return "\n".join(lines)


def last_cell(lesson: Any, kind: str, root: Path, title_of: Any) -> str:
    """Where to go next; `title_of(name)` is a lesson's title, in Spanish where there is one."""
    text = "## Por dónde seguir\n\n"
    following = lesson.front.next
    home = {"notebook": "notebooks", "lab": "labs", "solution": "solutions"}[kind]
    if following is None:
        text += "Esta era la última. Tu propia infraestructura te espera."
    else:
        folder = "labs" if following.startswith("lab") else "notebooks"
        link = f"[{title_of(following)}]({posixpath.relpath(folder, home)}/{following}.ipynb)"
        text += link.replace("(./", "(")
    if kind == "lab":
        answer = f"../solutions/{lesson.name}.ipynb"
        text += f"\n\n¿Terminada? Compárala con [la solución]({answer})."
    return with_links(text, home, root)


def prose(lesson: Any, number: int, english: str, folder: str, root: Path) -> str:
    """The Spanish text of a cell, or the English one where nobody has translated it yet."""
    found = lesson.translations.get(number)
    text = english if found is None or found.text in ("", EMPTY) else found.text
    return with_links(text, folder, root)
