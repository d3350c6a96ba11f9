"""The embedded endpoint: llama.cpp in this process behind Ollama's API and OpenAI's API.

`python -m selfhost.server --port 0` starts it and prints one line of JSON when it answers. A
person uses `selfhost serve`; notebooks use `selfhost.endpoint`, which starts it as a child.

From the outside in: `lifecycle` (process, signals, draining), `app` (routes and middleware),
`ollama_*` and `openai_*` (the two APIs), `generation` (one request, from prompt to pieces),
`registry` (which engines are loaded), `catalog` (which models exist), `xllama` (the engine).
"""
