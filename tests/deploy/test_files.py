"""Files for other people's servers: they can be read, and what they name exists."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"


def test_the_containerfile_is_clean() -> None:
    program = shutil.which("hadolint") or str(Path(sys.executable).parent / "hadolint")
    if not Path(program).exists():
        pytest.skip("hadolint is not installed (its package has no build for this system)")
    answer = subprocess.run(
        [program, "--no-color", str(DEPLOY / "container/Containerfile")],
        capture_output=True, text=True,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stdout


def test_the_dev_container_builds_from_files_that_exist() -> None:
    found = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text(encoding="utf-8"))
    build = found["build"]
    assert (ROOT / ".devcontainer" / build["dockerfile"]).is_file()
    assert (ROOT / ".devcontainer" / build["context"]).resolve() == ROOT
    text = (DEPLOY / "container/Containerfile").read_text(encoding="utf-8")
    assert found["workspaceFolder"] in text


def test_binder_names_existing_files_and_extras() -> None:
    text = (ROOT / ".binder/requirements.txt").read_text(encoding="utf-8")
    lock = re.search(r"--constraint (\S+)", text)
    assert lock and (ROOT / ".binder" / lock[1]).is_file()
    wanted = re.search(r"\.\.\[([a-z,]+)\]", text)
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert wanted and all(f"\n{name} = [" in project for name in wanted[1].split(","))


def test_the_littlest_jupyterhub_gets_fields_that_it_knows() -> None:
    # As its published schema lists them (tljh/config_schema.py, read on 2026-11-21).
    known = {
        "users": {"extra_user_groups", "allowed", "banned", "admin"},
        "limits": {"memory", "cpu"},
        "user_environment": {"default_app"},
        "http": {"address", "port"},
        "https": {"enabled", "address", "port", "tls", "letsencrypt"},
    }
    text = (DEPLOY / "jupyterhub/tljh/config.yaml").read_text(encoding="utf-8")
    config = yaml.safe_load(text)
    for section, fields in config.items():
        assert fields.keys() <= known[section], section
    assert isinstance(config["limits"]["cpu"], int)


def test_kubernetes_files_name_each_other() -> None:
    folder = DEPLOY / "jupyterhub/kubernetes"
    values = yaml.safe_load((folder / "values.yaml").read_text(encoding="utf-8"))
    deployment, service = yaml.safe_load_all((folder / "endpoint.yaml").read_text(encoding="utf-8"))
    image = values["singleuser"]["image"]
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    assert container["image"] == f"{image['name']}:{image['tag']}"
    port = service["spec"]["ports"][0]["port"]
    assert values["singleuser"]["extraEnv"]["SELFHOST_ENDPOINT"] == (
        f"http://{service['metadata']['name']}:{port}"
    )
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    allowed = values["singleuser"]["networkPolicy"]["egress"][0]["to"][0]["podSelector"]
    assert service["spec"]["selector"] == labels == allowed["matchLabels"]


def test_every_command_in_the_hubs_files_is_a_module_of_the_kit() -> None:
    for name in ("jupyterhub/jupyterhub_config.py", "jupyterhub/tljh/endpoint.py"):
        text = (DEPLOY / name).read_text(encoding="utf-8")
        assert '"-m", "selfhost.server"' in text
        compile(text, name, "exec")
