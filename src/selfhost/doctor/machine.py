"""The computer under examination, as values that a test can set; and what a check says."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from selfhost.frontends.places import frontends_dir
from selfhost.paths import kit_root, store_dir


@dataclass(frozen=True)
class Check:
    """One line of the doctor.

    `status` is "ok", "warn" or "fail"; `mend` is the command or step that puts it right;
    `notebooks` are the numbers of those that need it.
    """

    name: str
    status: str
    detail: str
    mend: str | None = None
    notebooks: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return {**asdict(self), "notebooks": list(self.notebooks)}


@dataclass(frozen=True)
class Machine:
    """Where to look. The defaults are this computer; tests give folders and addresses of theirs.

    `env` holds the environment variables (`PATH` decides which programs are found), `system` is
    `sys.platform`, `home` the user's folder, `applications` where macOS keeps programs, `frontends`
    where the kit installs front ends.
    """

    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    system: str = sys.platform
    root: Path = field(default_factory=kit_root)
    store: Path = field(default_factory=store_dir)
    home: Path = field(default_factory=Path.home)
    applications: Path = Path("/Applications")
    frontends: Path = field(default_factory=frontends_dir)
    cpuinfo: Path = Path("/proc/cpuinfo")
    port: int = 11434
    webui_port: int = 8080
    jan_port: int = 1337

    @property
    def windows(self) -> bool:
        """Is this Windows?"""
        return self.system == "win32"

    @property
    def mac(self) -> bool:
        """Is this macOS?"""
        return self.system == "darwin"

    def which(self, *names: str) -> str | None:
        """The first of these programs that is on the PATH."""
        for name in names:
            found = shutil.which(name, path=self.env.get("PATH", ""))
            if found:
                return found
        return None

    def ask(self, *command: str, timeout: float = 1.2) -> str | None:
        """What a program prints (both streams); None if it fails or takes too long."""
        try:
            done = subprocess.run(
                command,
                env=dict(self.env),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=timeout,
                check=False,
            )
        except (OSError, subprocess.SubprocessError):
            return None
        return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else None

    def install(
        self,
        debian: str,
        *,
        fedora: str | None = None,
        arch: str | None = None,
        mac: str | None = None,
        windows: str | None = None,
    ) -> str:
        """The command that installs a system package here, by this system's package manager."""
        if self.windows:
            return f"winget install {windows}" if windows else "not packaged for Windows"
        if self.mac:
            return f"brew install {mac or debian}"
        if self.which("apt-get"):
            return f"sudo apt install {debian}"
        if self.which("dnf"):
            return f"sudo dnf install {fedora or debian}"
        if self.which("pacman"):
            return f"sudo pacman -S {arch or debian}"
        if self.which("zypper"):
            return f"sudo zypper install {fedora or debian}"
        return f"install {debian} with this system's package manager"
