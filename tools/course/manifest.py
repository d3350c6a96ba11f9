"""`course/manifest.yaml`: the one list of what the notebooks may name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tools.course.looks import Problem
from tools.course.names import names_in_code, names_in_text
from tools.course.report import Finding

FILE = "course/manifest.yaml"
SECTIONS = ("models", "options", "imports", "packages")
_OWN = {"selfhost"}


@dataclass
class Manifest:
    """What may be named; each section maps a name to its source or reason."""

    models: dict[str, str] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)
    packages: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, root: Path) -> tuple[Manifest, list[Finding]]:
        """The manifest of this checkout, and what is wrong with it."""
        path = root / FILE
        if not path.is_file():
            return cls(), [Finding(FILE, None, "The manifest is not there.", f"restore {FILE}")]
        try:
            data = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark else None
            return cls(), [Finding(FILE, None, "The manifest is no YAML.", "mend that line", line)]
        findings = [
            Finding(FILE, None, f"`{name}` is no section.", f"use {', '.join(SECTIONS)}")
            for name in data.keys() - set(SECTIONS)
        ]
        sections: dict[str, dict[str, str]] = {}
        for name in SECTIONS:
            section = data.get(name) or {}
            if not isinstance(section, dict):
                mend = "write `name: where it comes from`, a line each"
                findings.append(Finding(FILE, None, f"`{name}` is no list of names.", mend))
                section = {}
            empty = [str(key) for key, why in section.items() if not str(why or "").strip()]
            for key in empty:
                mend = "write its source or reason behind the colon"
                findings.append(Finding(FILE, None, f"`{key}` says nothing about itself.", mend))
            sections[name] = {str(key): str(why) for key, why in section.items()}
        manifest = cls(**sections)
        findings += manifest._not_installed(root)
        return manifest, findings

    def _not_installed(self, root: Path) -> Iterator[Finding]:
        """An import that no version is pinned for would fail on the next machine."""
        pinned = set()
        for path in sorted(root.glob("constraints*.txt")):
            lines = path.read_text(encoding="utf-8").splitlines()
            pinned |= {_normal(m[1]) for line in lines if (m := re.match(r"([\w.-]+)\s*==", line))}
        for module, package in self.imports.items():
            if pinned and _normal(package) not in pinned:
                mend = "add it to pyproject.toml and run `python kit.py constraints`"
                sentence = f"`{module}` comes from {package}, which constraints.txt does not pin."
                yield Finding(FILE, None, sentence, mend)

    def problems(self, cell: Any) -> Iterator[Problem]:
        """What a cell names and the manifest does not."""
        code = cell.cell_type == "code"
        names = names_in_code(cell.source) if code else names_in_text(cell.source)
        known_packages = {_normal(p) for p in [*self.imports.values(), *self.packages]}
        for kind, section, unknown in (
            ("model", "models", names.models - self.models.keys()),
            ("option", "options", names.options - self.options.keys()),
            ("module", "imports", names.imports - self.imports.keys() - _OWN),
            ("package", "packages", names.packages - known_packages),
        ):
            for name in sorted(unknown):
                mend = f"correct the name, or add it to `{section}` there"
                yield "fail", f"The {kind} `{name}` is not in {FILE}.", mend


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
