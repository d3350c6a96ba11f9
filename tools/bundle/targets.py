"""Kinds of laptop: what pip calls them, and which lines of constraints.txt hold for them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

from selfhost.errors import KitError
from tools.house.room import target as this_laptop

# The oldest system first: pip takes the first that fits, and so a wheel that also fits the laptops
# of five years ago. Newer than glibc 2.28 is left out: there a plain-Python wheel does (debugpy).
_GLIBC = ("1", "2_5", "2010", "2_12", "2014", "2_17", "2_24", "2_26", "2_27", "2_28")
_MACOS = ("11_0", "12_0", "13_0", "14_0")  # torch is built for 14
PLATFORMS = {
    "linux-x86_64": tuple(f"manylinux{'_' if '_' in v else ''}{v}_x86_64" for v in _GLIBC),
    "linux-arm64": tuple(f"manylinux{'_' if '_' in v else ''}{v}_aarch64" for v in _GLIBC),
    "macos-arm64": tuple(f"macosx_{v}_{kind}" for v in _MACOS for kind in ("arm64", "universal2")),
    "windows-x86_64": ("win_amd64",),
}
_MARKERS = {
    "linux": {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    "macos": {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    "windows": {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
}
# PEP 600 gives the old names their versions of glibc.
_LEGACY = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}
_MACHINES = {
    "linux-arm64": "aarch64", "windows-x86_64": "AMD64",
}  # fmt: skip
PYTHONS = ("3.11", "3.12", "3.13")
# Laptops have any patch version (Debian 12: 3.11.2), and some locked packages ask for a late one.
OLDEST, NEWEST = 0, 99


@dataclass(frozen=True)
class Target:
    """A kind of laptop: `linux-x86_64` and `3.11`."""

    platform: str
    python: str

    @property
    def name(self) -> str:
        """As room.json writes it."""
        return f"{self.platform}-{self.python}"

    @property
    def is_here(self) -> bool:
        """True for the kind of machine that we run on."""
        return self.name == this_laptop()

    def pip_options(self, patch: int = NEWEST) -> list[str]:
        """Options with which `pip download` chooses wheels for this kind of laptop."""
        short = "cp" + self.python.replace(".", "")
        options = ["--only-binary", ":all:", "--implementation", "cp"]
        options += ["--python-version", f"{self.python}.{patch}"]
        for abi in (short, "abi3", "none"):
            options += ["--abi", abi]
        for platform in PLATFORMS[self.platform]:
            options += ["--platform", platform]
        return options

    def markers(self, patch: int = NEWEST) -> dict[str, str]:
        """The environment in which `; python_version < '3.12'` and the like are judged."""
        system = self.platform.partition("-")[0]
        return {
            **_MARKERS[system],
            "platform_machine": _MACHINES.get(self.platform, self.platform.partition("-")[2]),
            "python_version": self.python,
            "python_full_version": f"{self.python}.{patch}",
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
        }


def read(names: str) -> list[Target]:
    """Targets from the command line: `linux-x86_64-3.11 windows-x86_64-3.12`; none: this one.

    Raises KitError for a kind that is not known.
    """
    found = []
    for name in names.replace(",", " ").split() or [this_laptop()]:
        platform, _, python = name.rpartition("-")
        if platform not in PLATFORMS or python not in PYTHONS:
            raise KitError(
                f"“{name}” is no kind of laptop that the kit knows: "
                f"{', '.join(PLATFORMS)}, each with -{', -'.join(PYTHONS)}.",
                f"make bundle TARGETS={this_laptop()}",
            )
        found.append(Target(platform, python))
    return found


def pins(lock: Path, target: Target, patch: int = NEWEST) -> list[str]:
    """`name==version` of every line of a constraints file that holds for this kind of laptop."""
    return list(_pins(lock.read_text(encoding="utf-8").splitlines(), target.markers(patch)))


def _pins(lines: Iterable[str], markers: dict[str, str]) -> Iterable[str]:
    for line in lines:
        text = re.sub(r"\s+#.*|^#.*", "", line).strip()
        if not text:
            continue
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate(dict(markers)):
            yield f"{canonicalize_name(requirement.name)}{requirement.specifier}"


def floor(target: Target, names: Iterable[str]) -> str:
    """The oldest system that all these wheels run on: `glibc 2.28`, `macOS 14.0`; Windows: "".

    A wheel that names several systems runs on the oldest of them, as PEP 600 has it.
    """
    oldest = [_oldest(name) for name in names]
    version = max((each for each in oldest if each), default=None)
    if version is None or target.platform.startswith("windows"):
        return ""
    system = "macOS" if target.platform.startswith("macos") else "glibc"
    return f"{system} {version[0]}.{version[1]}"


def _oldest(name: str) -> tuple[int, int] | None:
    """The lowest version among a wheel's tags; None for one that runs anywhere."""
    found = []
    for tag in parse_wheel_filename(name)[3]:
        match = re.match(r"(?:manylinux|macosx)_(\d+)_(\d+)_", tag.platform)
        if match:
            found.append((int(match[1]), int(match[2])))
        for legacy, version in _LEGACY.items():
            if tag.platform.startswith(legacy + "_"):
                found.append(version)
    return min(found, default=None)
