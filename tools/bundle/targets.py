"""Kinds of laptop: what pip calls them, and which lines of constraints.txt hold for them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from selfhost.errors import KitError
from tools.house.room import target as this_laptop

# Old enough for laptops of the last five years, in the order in which pip shall choose.
_LINUX = (
    "2_28",
    "2_27",
    "2_26",
    "2_24",
    "2_17",
    "2014",
    "2_12",
    "2010",
    "2_5",
    "1",
    "2_31",
    "2_34",
)
PLATFORMS = {
    "linux-x86_64": tuple(f"manylinux{'_' if '_' in v else ''}{v}_x86_64" for v in _LINUX),
    "linux-arm64": tuple(f"manylinux{'_' if '_' in v else ''}{v}_aarch64" for v in _LINUX),
    "macos-arm64": ("macosx_14_0_arm64", "macosx_14_0_universal2"),
    "windows-x86_64": ("win_amd64",),
}
_MARKERS = {
    "linux": {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    "macos": {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    "windows": {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
}
_MACHINES = {
    "linux-arm64": "aarch64", "windows-x86_64": "AMD64",
}  # fmt: skip
PYTHONS = ("3.11", "3.12", "3.13")


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

    def pip_options(self) -> list[str]:
        """Options with which `pip download` chooses wheels for this kind of laptop."""
        short = "cp" + self.python.replace(".", "")
        options = ["--only-binary", ":all:", "--implementation", "cp"]
        options += ["--python-version", self.python]
        for abi in (short, "abi3", "none"):
            options += ["--abi", abi]
        for platform in PLATFORMS[self.platform]:
            options += ["--platform", platform]
        return options

    def markers(self) -> dict[str, str]:
        """The environment in which `; python_version < '3.12'` and the like are judged."""
        system = self.platform.partition("-")[0]
        return {
            **_MARKERS[system],
            "platform_machine": _MACHINES.get(self.platform, self.platform.partition("-")[2]),
            "python_version": self.python,
            "python_full_version": f"{self.python}.9",
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


def pins(lock: Path, target: Target) -> list[str]:
    """`name==version` of every line of a constraints file that holds for this kind of laptop."""
    return list(_pins(lock.read_text(encoding="utf-8").splitlines(), target))


def _pins(lines: Iterable[str], target: Target) -> Iterable[str]:
    for line in lines:
        text = re.sub(r"\s+#.*|^#.*", "", line).strip()
        if not text:
            continue
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate(dict(target.markers())):
            yield f"{canonicalize_name(requirement.name)}{requirement.specifier}"
