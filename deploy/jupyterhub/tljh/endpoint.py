"""TLJH reads every file of jupyterhub_config.d: one endpoint for all students, kept running."""

KIT = "/opt/workshop"
ENDPOINT = "http://127.0.0.1:11434"

c = get_config()  # noqa: F821  # JupyterHub gives it to its configuration files
c.JupyterHub.services = [
    *(c.JupyterHub.services or []),
    {
        "name": "endpoint",
        "command": [
            "/opt/tljh/user/bin/python", "-m", "selfhost.server", "--host", "127.0.0.1",
            "--port", "11434", "--parallel", "8",
        ],
        "environment": {"SELFHOST_ROOT": KIT, "SELFHOST_RUN": "/run/selfhost"},
    },
]  # fmt: skip
c.Spawner.environment = {
    "SELFHOST_ENDPOINT": ENDPOINT,
    "OLLAMA_HOST": ENDPOINT,
    "OPENAI_BASE_URL": f"{ENDPOINT}/v1",
    "OPENAI_API_KEY": "ollama",
    "SELFHOST_ROOT": KIT,
}
