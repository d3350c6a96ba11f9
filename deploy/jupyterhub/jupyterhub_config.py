"""One server for a class: everybody gets the course, and one endpoint answers all.

    make hub                       # or: make hub PORT=8000 LAN=yes

Students sign in with a name and a password of their own choice (the first sign-in sets it, as in
The Littlest JupyterHub). Each student's JupyterLab runs in a sandbox (bubblewrap) that sees this
student's folder, the kit read-only, and nothing of the others: no accounts have to be made, and
none of it needs root. The endpoint is a service of the hub: one copy of the model in memory.
"""

import os
import shutil
import sys
from pathlib import Path

KIT = Path(__file__).resolve().parents[2]
STATE = Path(os.environ.get("WORKSHOP_STATE") or KIT / "build" / "hub").resolve()
HOMES = STATE / "homes"
SECRETS = STATE / "hub"
ENDPOINT_PORT = int(os.environ.get("WORKSHOP_ENDPOINT_PORT", "11435"))
STUDENTS = int(os.environ.get("WORKSHOP_STUDENTS", "40"))
MEMORY = os.environ.get("WORKSHOP_MEMORY", "3G")  # a notebook that loads torch needs 2 to 3
LAN = os.environ.get("WORKSHOP_LAN", "no") == "yes"
for folder in (HOMES, SECRETS):
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)

c = get_config()  # noqa: F821  # JupyterHub gives it to its configuration file

# The hub and its proxy. Behind a web server with a certificate, leave LAN off.
PORT = os.environ.get("WORKSHOP_PORT", "8000")
PROXY_PORT = os.environ.get("WORKSHOP_PROXY_PORT", "8001")
PROXY = KIT / "deploy/jupyterhub/node_modules/configurable-http-proxy/bin/configurable-http-proxy"
c.JupyterHub.bind_url = f"http://{'' if LAN else '127.0.0.1'}:{PORT}"
c.JupyterHub.hub_port = int(os.environ.get("WORKSHOP_HUB_PORT", "8081"))
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{PROXY_PORT}"
c.ConfigurableHTTPProxy.command = ["node", str(PROXY)]
c.ConfigurableHTTPProxy.pid_file = str(SECRETS / "proxy.pid")
c.JupyterHub.db_url = f"sqlite:///{SECRETS}/hub.sqlite"
c.JupyterHub.cookie_secret_file = str(SECRETS / "cookie_secret")
c.JupyterHub.active_server_limit = STUDENTS
c.JupyterHub.concurrent_spawn_limit = 5  # thirty that start at once wait for each other
c.JupyterHub.cleanup_servers = True

# Who may come in: whoever reaches the address, with a name and a password of their own.
c.JupyterHub.authenticator_class = "firstuseauthenticator.FirstUseAuthenticator"
c.FirstUseAuthenticator.dbm_path = str(SECRETS / "passwords")
c.FirstUseAuthenticator.create_users = True
c.FirstUseAuthenticator.min_password_length = 8
c.Authenticator.allow_all = True
# The name becomes a folder: letters and digits, and nothing that could lead out of it.
c.Authenticator.username_pattern = r"^[a-z][a-z0-9-]{0,23}$"
c.Authenticator.admin_users = {
    name for name in os.environ.get("WORKSHOP_TEACHERS", "").split(",") if name
}

# One endpoint for all, kept running by the hub.
endpoint = f"http://127.0.0.1:{ENDPOINT_PORT}"
c.JupyterHub.services = [
    {
        "name": "endpoint",
        "command": [
            sys.executable, "-m", "selfhost.server", "--host", "127.0.0.1",
            "--port", str(ENDPOINT_PORT), "--parallel", "8",
        ],
        "environment": {"SELFHOST_ROOT": str(KIT), "SELFHOST_RUN": str(SECRETS / "run")},
    }
]  # fmt: skip

# Everybody's JupyterLab.
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = str(HOMES / "{username}")
c.Spawner.default_url = "/lab/tree/workshop/notebooks/00_start_here.ipynb"
c.Spawner.mem_limit = MEMORY  # told to the student's server; a limit by the system needs systemd
c.Spawner.start_timeout = 120
c.Spawner.http_timeout = 120
c.Spawner.env_keep = ["PATH", "LANG", "LC_ALL"]
c.Spawner.environment = {
    "SELFHOST_ENDPOINT": endpoint,
    "OLLAMA_HOST": endpoint,
    "OPENAI_BASE_URL": f"{endpoint}/v1",
    "OPENAI_API_KEY": "ollama",
    "SELFHOST_ROOT": str(KIT),
    "PYTHONUTF8": "1",
    "JUPYTERHUB_SINGLEUSER_APP": "jupyter_server.serverapp.ServerApp",
}
_SINGLE = [
    sys.executable, "-m", "jupyterhub.singleuser", "--allow-root",
    "--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
]  # fmt: skip
if os.environ.get("WORKSHOP_TEST") == "yes":  # tests look into the page
    _SINGLE.append("--LabApp.expose_app_in_browser=True")


def sandbox(home: Path) -> list[str]:
    """The program before the student's: what of this machine it sees.

    Everything is read-only but the student's folder; the other folders, the hub's secrets and
    other processes are not there at all.
    """
    program = shutil.which("bwrap")
    if program is None:
        raise RuntimeError("bubblewrap is not installed: sudo apt install bubblewrap")
    return [
        program, "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp",
        "--tmpfs", str(STATE), "--bind", str(home), str(home), "--chdir", str(home),
        "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--die-with-parent", "--new-session",
        "--cap-drop", "ALL",
    ]  # fmt: skip


def before_start(spawner) -> None:  # noqa: ANN001
    """Give a new student the course; what they have already stays as it is."""
    home = HOMES / spawner.user.name
    course = home / "workshop"
    for name in ("notebooks", "labs", "slides", "docs"):
        if (KIT / name).is_dir() and not (course / name).exists():
            ignored = shutil.ignore_patterns("node_modules", ".ipynb_checkpoints", "*.tmp")
            shutil.copytree(KIT / name, course / name, ignore=ignored)
    spawner.cmd = [*sandbox(home), *_SINGLE]


c.Spawner.pre_spawn_hook = before_start
