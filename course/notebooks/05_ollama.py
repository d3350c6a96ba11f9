# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
#   kit:
#     title: Ollama, the shortest way to a model of your own
#     minutes: 75
#     objectives:
#       - say what Ollama adds to llama.cpp, and install it on your system
#       - use it from the command line, with curl, with its Python client and with OpenAI's
#       - put options where they count, and prove that they did
#       - write a Modelfile, and say what it changes and what it does not
#       - judge a claim about a tool's openness by reading licences, and say what stays open
#     needs: [endpoint]
#     next: 13_beyond_text
# ---

# %% [markdown]
# **One line, and a model answers: `ollama run gemma3:1b`. What has Ollama decided for you in that
# line?** Which file, which precision, how much context, how daring the choice of words, how long
# the model stays in memory: somebody chose all of it. In this notebook we use Ollama in every way
# it offers, and collect its decisions on the way. At the end there is one decision left that only
# you can make: whether to rely on it.
#
# First: who answers here?

# %% tags=["nbval-ignore-output"]
from selfhost.endpoint import endpoint
from selfhost.ollama_cli import ollama_cli, with_ollama_api

at = with_ollama_api(endpoint())
at.export()
print(at.describe())
OLLAMA_HOST = at.ollama_url  # so that $OLLAMA_HOST works in commands on Windows, too

# %% [markdown]
# Read the line above carefully. If it says *Ollama* and a version, a real Ollama answers
# everything below. If it says *embedded endpoint*, it is the kit's own server: it has the same
# engine (llama.cpp) and speaks the same language (Ollama's HTTP API), but it is **not** Ollama.
# The cells are the same for both; where the difference matters, the text says so.

# %% [markdown]
# ## 1. What Ollama is
#
# In notebook 01 you met the parts: a file of weights, and an engine that does the arithmetic.
# Ollama is the layer on top of these: it fetches files by name, keeps them, starts the engine
# when somebody asks, and answers over HTTP.

# %% tags=["nbval-ignore-output"]
from selfhost import show
from selfhost.ollama_cli import layers

show.picture(
    layers(),
    "Four layers. On top your programs: ollama run, curl, Python, chat front ends. Below, over "
    "HTTP on port 11434, Ollama: library of names, Modelfiles, loading and unloading, APIs. Below, "
    "llama.cpp: reads GGUF, does the arithmetic, chooses tokens. At the bottom CPU or GPU.",
)

# %% [markdown]
# | | llama.cpp | Ollama adds |
# |---|---|---|
# | models | you give it a GGUF file, or where to fetch one | names such as `gemma3:1b`, fetched from a registry and kept by checksum |
# | settings | you give options at the start, or with each request | a *Modelfile*: settings travel with the model |
# | memory | the model stays, unless you say otherwise | loads when asked, unloads after 5 idle minutes |
# | hardware | you may choose how much goes to the GPU | chooses for you |
# | API | OpenAI's | its own (`/api/…`) and OpenAI's (`/v1/…`) |
# | running | a program among others | a service in the background, and a desktop program |
#
# What may have changed since: this is Ollama's source as of 2026-08-21 (about v0.33). Since
# v0.30.0 (2026-06-01) Ollama runs llama.cpp's own server, `llama-server`, as its engine for GGUF
# models; before that it had an adapted copy of its own. In the other direction, llama-server
# gave up the few Ollama routes that it had had (pull request 22165, 2026-04): it speaks OpenAI's
# language only.

# %% [markdown]
# ## 2. Installing it
#
# As its site and its README say (looked up 2026-11-20; see
# [ollama.com/download](https://ollama.com/download) for today's way):
#
# - **Linux:** `curl -fsSL https://ollama.com/install.sh | sh`
# - **macOS:** the same command, or the file `Ollama.dmg`
# - **Windows** (PowerShell): `irm https://ollama.com/install.ps1 | iex`, or the file
#   `OllamaSetup.exe`
# - **Docker:** `docker run -d -v ollama:/root/.ollama -p 11434:11434 ollama/ollama`
#
# The first three commands run a program from the internet without looking at it. If you would rather look:
# fetch the script into a file first, read it, then run it. On Linux it asks for administrator
# rights, because it sets up a service.
#
# The next cell installs **nothing** unless you ask for it with `SELFHOST_INSTALL=1`; it says what
# is there.

# %% tags=["nbval-ignore-output", "install"]
import os
import platform
import shutil

program = shutil.which("ollama")
print("the program `ollama` is", "installed" if program else "not on this computer")
unix = "curl -fsSL https://ollama.com/install.sh | sh"
windows = 'powershell -Command "irm https://ollama.com/install.ps1 | iex"'
if not program and os.environ.get("SELFHOST_INSTALL") == "1":
    command = windows if platform.system() == "Windows" else unix
    get_ipython().system(command)  # what `!command` does

# %% [markdown]
# ## 3. The command line
#
# After installing, the server runs in the background. (If it does not, `ollama serve` starts it,
# and its messages appear in that terminal.) All other commands are clients: they ask that server
# over HTTP. So wherever a server speaks this language, you can do the same without the program;
# the next cells do that if you have no `ollama`, and say so. (The embedded endpoint answers with
# the version of Ollama whose behaviour it follows.)

# %% tags=["nbval-ignore-output"]
ollama_cli("--version")

# %% [markdown]
# Which models does this server have?

# %% tags=["nbval-ignore-output"]
ollama_cli("list")

# %% [markdown]
# `list` shows what is on your disk. A name has two parts: the model and, after the colon, a
# **tag**. The tag hides the first decision: which size and which precision you get.
# `gemma3:1b` at Ollama means weights of mostly 4 bits (Q4_K_M), about 0.8 GB, where its makers
# published 16 bits, 2 GB. And a name without a tag means `:latest`, which is whatever the
# library's keepers chose. `show` says what you really have:

# %% tags=["nbval-ignore-output"]
ollama_cli("show", at.model)

# %% [markdown]
# `run` asks one question if you give one (and opens a chat in a terminal if you do not). We ask
# in Spanish, “what is the capital of France?”; keep in mind which model answers.

# %% tags=["nbval-ignore-output"]
ollama_cli("run", at.model, "¿Cuál es la capital de Francia?")

# %% [markdown]
# The model was loaded into memory for that. `ps` says what is there, and until when:

# %% tags=["nbval-ignore-output"]
ollama_cli("ps")

# %% [markdown]
# `pull` fetches a model. That is hundreds of megabytes, so this cell does it only with
# `SELFHOST_INSTALL=1`. In a class, let one machine fetch, and hand the files around: thirty
# downloads at once block the room's network.

# %% tags=["nbval-ignore-output", "install"]
if os.environ.get("SELFHOST_INSTALL") == "1":
    ollama_cli("pull", "gemma3:1b")
else:
    print("not fetched: gemma3:1b, about 0.8 GB (Gemma Terms of Use: ai.google.dev/gemma/terms)")

# %% [markdown]
# | you type | the program sends | does |
# |---|---|---|
# | `ollama serve` | – | starts the server itself |
# | `ollama list` | `GET /api/tags` | models on disk |
# | `ollama show <name>` | `POST /api/show` | what a model is |
# | `ollama run <name>` | `POST /api/generate`, `/api/chat` | loads it and talks |
# | `ollama ps` | `GET /api/ps` | models in memory |
# | `ollama stop <name>` | `POST /api/generate` with `keep_alive` 0 | out of memory |
# | `ollama pull <name>` | `POST /api/pull` | fetches |
# | `ollama create <name> -f Modelfile` | `POST /api/create` | a variant of a model |
# | `ollama cp <a> <b>`, `ollama rm <name>` | `POST /api/copy`, `DELETE /api/delete` | copies, deletes |

# %% [markdown]
# ## 4. The same with curl
#
# HTTP is the language that every program speaks. A request is a small JSON document; we keep it
# in a file, so that the same command works in every shell. (In a terminal on Linux or macOS you
# can write it in the command: `curl http://127.0.0.1:11434/api/generate -d '{"model": …}'`.)

# %% tags=["nbval-ignore-output"]
import json
import tempfile
from pathlib import Path

ask = Path(tempfile.mkdtemp(prefix="ollama-")) / "ask.json"
request = {"model": at.model, "prompt": "Why is the sky blue?", "options": {"num_predict": 6}}
ask.write_text(json.dumps(request), encoding="utf-8")
print(json.dumps(request, indent=1))

# %% [markdown]
# `num_predict` allows at most 6 tokens of answer. How many JSON objects will come back for this
# one request: one with the answer, one for each word, or about one for each token and a last one?

# %% tags=["nbval-ignore-output"]
from selfhost.widgets.predict import predict

objects = predict(
    "How many JSON objects will come back for this one request?",
    ["one, with the answer", "one for each word", "about one for each token, and a last one"],
)
objects

# %% [markdown]
# Send it, and count.

# %% tags=["nbval-ignore-output"]
# !curl -s $OLLAMA_HOST/api/generate -d "@$ask"

# %% [markdown]
# Your guess, and what came:

# %%
objects.reveal(
    "about one for each token, and a last one",
    {"one, with the answer": "You get that with `stream` set to false."},
)

# %% [markdown]
# Another decision: on `/api` the answer is **streamed** unless you say `"stream": false`, one
# JSON object per line, each with the next piece. (This form is called NDJSON. A program that
# expects one JSON document trips over it, a favourite first error.) The last line carries the
# figures. Let us ask for everything at once, and read them.

# %% tags=["nbval-ignore-output"]
import httpx


def post(route, **body):
    """Send one request; the answer as a dictionary."""
    answer = httpx.post(f"{OLLAMA_HOST}{route}", json=body, timeout=300)
    answer.raise_for_status()
    return answer.json()


reply = post("/api/generate", model=at.model, prompt="Tell me a story.", stream=False,
             options={"num_predict": 60})
print(reply["response"])

# %% [markdown]
# The figures that came with it:

# %% tags=["nbval-ignore-output"]
show.table(
    [(key, reply[key] / 1e9 if key.endswith("duration") else reply[key], unit)
     for key, unit in [
         ("load_duration", "s, loading the model"), ("prompt_eval_count", "tokens in the prompt"),
         ("prompt_eval_duration", "s, reading it"), ("eval_count", "tokens in the answer"),
         ("eval_duration", "s, writing it"), ("done_reason", "why it ended")]
     if key in reply],
    ["field", "value", ""],
)

# %% [markdown]
# Tokens per second, the figure everybody compares, is the number of tokens divided by the time
# it took to write them:

# %% tags=["nbval-ignore-output"]
assert reply["eval_count"] <= 60
speed = reply["eval_count"] / (reply["eval_duration"] / 1e9)
print(f"{speed:.0f} tokens per second with {at.model}")

# %% [markdown]
# The durations are in **nanoseconds**: forget the division by a thousand million, and your laptop
# beats every data centre.

# %% [markdown]
# ## 5. Its Python client
#
# The same API with Python objects. It finds the server through `OLLAMA_HOST`.

# %% tags=["nbval-ignore-output"]
import ollama

question = {"role": "user", "content": "What is a token?"}
answer = ollama.chat(model=at.model, messages=[question], options={"num_predict": 60})
print(answer.message.content)

# %% [markdown]
# With `stream=True` you get an iterator, and can show the words as they come:

# %% tags=["nbval-ignore-output"]
for piece in ollama.chat(
    model=at.model,
    messages=[{"role": "user", "content": "Cuéntame un cuento."}],
    options={"num_predict": 60},
    stream=True,
):
    print(piece.message.content, end="", flush=True)

# %% [markdown]
# ### Who remembers?
#
# You tell the model your name. In the *next* call you ask for it. What does the server remember:
# the conversation, as long as the model is loaded? Or nothing, so that whoever asks must send
# everything again?

# %% tags=["nbval-ignore-output"]
memory = predict(
    "What does the server remember of the first call?",
    ["the conversation, as long as the model is loaded",
     "nothing: whoever asks must send everything again"],
)
memory

# %% [markdown]
# We ask twice: once with the question alone, once with everything that was said before. Besides
# the answers, look at the number of tokens that the model *read*.

# %% tags=["nbval-ignore-output"]
before = [
    {"role": "user", "content": "My name is Ana."},
    {"role": "assistant", "content": "Hello, Ana!"},
]
asked = {"role": "user", "content": "What is my name?"}
short = {"num_predict": 20, "temperature": 0}
alone = ollama.chat(model=at.model, messages=[asked], options=short)
whole = ollama.chat(model=at.model, messages=[*before, asked], options=short)
rows = [("the question alone", alone), ("with what was said before", whole)]
show.table([(what, a.prompt_eval_count, a.message.content) for what, a in rows],
           ["sent", "tokens read", "answer"])

# %% [markdown]
# Whatever the model made of it, this much is certain:

# %%
print("more tokens read with the history:", whole.prompt_eval_count > alone.prompt_eval_count)
memory.reveal("nothing: whoever asks must send everything again")

# %% [markdown]
# A chat program keeps the conversation and sends all of it, every time. (A very small model may
# not know Ana even then. But what it *read* is a fact: compare the tokens.) And here is a decision
# to know about: when the conversation becomes longer than the context, `/api/chat` **silently
# drops the oldest messages**, keeping the system message. OpenAI's way is to refuse. How long is
# the context? Unless you set `num_ctx`, 4096 tokens on a machine with little GPU memory (source
# of 2026-08; older pages say 2048), whatever the model itself could do.

# %% [markdown]
# ## 6. OpenAI's client
#
# Thousands of programs speak OpenAI's API. Ollama speaks it, too, under `/v1`; the client wants a
# key, and any will do. So the same program runs with a hosted model today and with yours
# tomorrow: change the address and the name.

# %% tags=["nbval-ignore-output"]
from openai import OpenAI

client = OpenAI(base_url=f"{OLLAMA_HOST}/v1", api_key="ollama")
done = client.chat.completions.create(
    model=at.model,
    messages=[{"role": "user", "content": "What is open weight?"}],
    max_tokens=60,
)
print(done.choices[0].message.content)
print(done.usage.prompt_tokens, "+", done.usage.completion_tokens, "tokens")

# %% [markdown]
# ## 7. Options that nobody reads
#
# “I set temperature and seed, and still get different answers!” This may be the most frequent
# complaint about Ollama. Look at these two requests, and find the difference between them.

# %%
inside = {"prompt": "Tell me a story.", "stream": False, "options": {"num_predict": 3}}
outside = {"prompt": "Tell me a story.", "stream": False, "num_predict": 3,
           "options": {"num_predict": 12}}

# %% [markdown]
# The first is as it should be. The second says `num_predict` twice: 3 outside `options`, and 12
# inside. Does it write 3 tokens or 12, or does the server complain?

# %% tags=["nbval-ignore-output"]
happens = predict(
    "The second request says 3 outside `options`, and 12 inside. What happens?",
    ["3 tokens: the outer one wins", "an error: it is said twice",
     "12 tokens: the outer one is silently ignored"],
)
happens

# %% [markdown]
# Both, sent as they are:

# %% tags=["nbval-ignore-output"]
replies = {"inside": post("/api/generate", model=at.model, **inside),
           "outside": post("/api/generate", model=at.model, **outside)}
show.table([(where, r["eval_count"], r["done_reason"], r["response"][:60])
            for where, r in replies.items()],
           ["3 stands", "tokens", "ended because", "answer"])

# %% [markdown]
# Count:

# %%
print("inside, at most 3 tokens:", replies["inside"]["eval_count"] <= 3)
print("outside, more than 3:", replies["outside"]["eval_count"] > 3)
happens.reveal(
    "12 tokens: the outer one is silently ignored",
    {"an error: it is said twice": "That would be kinder. The status is 200: all is fine."},
)

# %% [markdown]
# What stands outside is not even an error; it is as if you had not written it. The same with
# `temperature: 0`, the case that hurts. Five times the same request; how many
# different answers?

# %% tags=["nbval-ignore-output"]
story = {"model": at.model, "prompt": "Tell me a story.", "stream": False}
places = {
    "outside": {"temperature": 0, "options": {"num_predict": 16}},
    "inside": {"options": {"temperature": 0, "num_predict": 16}},
    "inside, misspelt": {"options": {"temprature": 0, "num_predict": 16}},
}
different = {
    place: len({post("/api/generate", **story, **fields)["response"] for _ in range(5)})
    for place, fields in places.items()
}
show.table(different.items(), ["temperature is set", "different answers in five"])

# %% [markdown]
# Outside, or misspelt: no error, no warning, and the default temperature. (Ollama writes a line
# about unknown options into its own log, which nobody reads.) The Python client helps you with
# the first mistake, not with the second:

# %%
try:
    ollama.generate(model=at.model, prompt="Hi", temperature=0)
except TypeError as error:
    print("TypeError:", error)

# %% [markdown]
# OpenAI's API has it the other way round: `temperature`, `top_p`, `seed`, `max_tokens` stand at
# the top level, an `options` object means nothing there, and there is no field for `top_k` or
# `num_ctx` at all. So:
#
# | you want | `/api/generate`, `/api/chat` | `/v1/chat/completions` |
# |---|---|---|
# | at most 50 tokens | `"options": {"num_predict": 50}` | `"max_tokens": 50` |
# | no chance | `"options": {"temperature": 0}` | `"temperature": 0` |
# | the same draw again | `"options": {"seed": 7, …}` | `"seed": 7` |
# | longer context | `"options": {"num_ctx": 8192}` | not in the request: in the Modelfile, or for the whole server (`OLLAMA_CONTEXT_LENGTH`) |
#
# How can you be sure that an option arrived? Look at an effect that you can count, as above. The
# embedded endpoint also tells you, in every answer, what was in force:

# %% tags=["nbval-ignore-output"]
force = replies["inside"].get("selfhost", {}).get("settings")
print(force if force else "This server does not tell (a real Ollama does not).")

# %% [markdown]
# ## 8. Two doors, two sets of defaults
#
# You ask the same server for the same model, once through `/api` and once through `/v1`, and give
# no settings at all. Through which door will the answers vary more? Or is there no difference,
# since it is the same model?

# %% tags=["nbval-ignore-output"]
daring = predict(
    "Through which door will the answers vary more?",
    ["/api", "/v1", "no difference: it is the same model"],
)
daring

# %% [markdown]
# We ask the server for its defaults if it can tell; a real Ollama cannot, and then the table is
# from its source code.

# %% tags=["nbval-ignore-output"]
cited = {  # Ollama's source of 2026-08-21: api.DefaultOptions, and openai.go for /v1
    "ollama": {"temperature": 0.8, "top_k": 40, "top_p": 0.9, "min_p": 0.0, "repeat_penalty": 1.0},
    "openai": {"temperature": 1.0, "top_k": 40, "top_p": 1.0, "min_p": 0.0, "repeat_penalty": 1.0},
}
live = httpx.get(f"{OLLAMA_HOST}/selfhost/defaults", timeout=10)
told = live.json() if live.status_code == 200 else {}
tables = {api: told[api]["sampling"] if told else cited[api] for api in cited}
print("asked the server" if told else "from Ollama's source of 2026-08-21")
show.table(
    [(key, tables["ollama"][key], tables["openai"][key],
      "<-" if tables["ollama"][key] != tables["openai"][key] else "") for key in cited["ollama"]],
    ["setting", "/api", "/v1", "differs"],
)

# %% [markdown]
# So, through which door?

# %%
daring.reveal("/v1", {"/api": "Compare the temperatures, and what top_p cuts off."})

# %% [markdown]
# What does that mean for one choice? We take a real list of scores (aprendiz, the first token of
# a story, calculated as in notebook 01), and see how many tokens may still be drawn.

# %% tags=["nbval-ignore-output"]
from selfhost import anatomy
from selfhost.paths import shipped_models

info = anatomy.open_model("aprendiz", anatomy.local_model("aprendiz")[1]).info
words = anatomy.Tokenizer.from_gguf(info.metadata)
prompt = words.encode(anatomy.render(info.metadata, "Tell me a story."), special=True)
scores = anatomy.load(shipped_models() / "aprendiz").logits(prompt)
drawable = {}
for door, api in [("/api", "ollama"), ("/v1", "openai")]:
    used = {k: tables[api][k] for k in ("temperature", "top_k", "top_p")}
    drawable[door] = anatomy.probabilities(scores, **used)

# %% [markdown]
# How many tokens could come next, and how likely are the first of them?

# %% tags=["nbval-ignore-output"]
first = anatomy.top(scores, 12)
count = {door: int((chances > 0).sum()) for door, chances in drawable.items()}
show.picture(
    show.panels(
        [words.label(i) for i in first],
        {f"{door}: {count[door]} tokens possible": drawable[door][first] for door in drawable},
        unit="probability",
    ),
    "The same twelve tokens through two doors. "
    + ", ".join(f"{d}: the likeliest has {drawable[d].max():.1%}" for d in drawable)
    + f". Through /api {count['/api']} tokens can be drawn, through /v1 {count['/v1']}.",
)

# %% [markdown]
# Same model, same engine, same question; another door, another distribution. A study that says
# “we used model X through Ollama” has not yet said what it did. And defaults change: Ollama's
# `repeat_penalty` was 1.1 up to v0.32.9 and is 1.0 since v0.32.10 (2026-08-12). After that update
# the same request may give another text. **Write your settings into the request**, all those that
# matter, and note the version. (Notebooks 14 and 15 measure what it costs not to.)

# %% [markdown]
# ## 9. A Modelfile: settings that travel
#
# If you always want the same settings, give them to the model. A **Modelfile** says what to start
# from, and what to add. Ours makes a teacher who speaks Spanish.

# %% tags=["nbval-ignore-output"]
modelfile = ask.with_name("Modelfile")
modelfile.write_text(f'''FROM {at.model}
PARAMETER temperature 0
PARAMETER num_predict 24
SYSTEM """Eres una profesora paciente. Respondes en español, con una sola frase."""
''', encoding="utf-8")
print(modelfile.read_text(encoding="utf-8"))

# %% [markdown]
# What will `ollama create` put into the new model: new weights, trained on the persona? The same
# weights, with the settings beside them? Or a copy of the weights, adapted to Spanish?

# %% tags=["nbval-ignore-output"]
made = predict(
    "What will `ollama create` put into the new model?",
    ["new weights, trained on the persona", "the same weights, and the settings beside them",
     "a copy of the weights, adapted to Spanish"],
)
made

# %% [markdown]
# Create it, and ask the server what it is made of:

# %% tags=["nbval-ignore-output"]
ollama_cli("create", "tutora", "-f", str(modelfile))
ollama_cli("show", "tutora", "--modelfile")

# %% [markdown]
# Compare what the two are made of: the header of the weights (`modelinfo`) and the system text.

# %%
base, persona = ollama.show(at.model), ollama.show("tutora")
print("same architecture and weights:", base.modelinfo == persona.modelinfo)
print("same size of numbers:",
      base.details.quantization_level == persona.details.quantization_level)
made.reveal(
    "the same weights, and the settings beside them",
    {"new weights, trained on the persona": "That would be fine-tuning, and take hours."},
)

# %% [markdown]
# Nothing was trained: `create` took no time. What the model *reads* has changed:

# %% tags=["nbval-ignore-output"]
pregunta = [{"role": "user", "content": "¿Qué es un token?"}]
both = {
    at.model: ollama.chat(model=at.model, messages=pregunta, options={"num_predict": 60}),
    "tutora": ollama.chat(model="tutora", messages=pregunta),
}
show.table([(name, r.prompt_eval_count, r.eval_count, r.message.content[:110])
            for name, r in both.items()],
           ["model", "tokens read", "tokens written", "answer"])

# %% [markdown]
# Two things that hold whatever the model makes of it:

# %%
print("the persona is read before your question:",
      both["tutora"].prompt_eval_count > both[at.model].prompt_eval_count)
print("PARAMETER num_predict 24 is in force:", both["tutora"].eval_count <= 24)

# %% [markdown]
# The system text stands before your question, in every request, and costs its tokens every time.
# Whether the model *obeys* it is another matter: a very small one was hardly taught to, and a
# large one can be talked out of it. A system text is a request, not a lock.
#
# What wins if the Modelfile says 24 tokens and the request says 5?

# %%
five = ollama.chat(model="tutora", messages=pregunta, options={"num_predict": 5})
print("5 or fewer:", five.eval_count <= 5)

# %% [markdown]
# The request wins over the Modelfile, the Modelfile over the API's default. With `/v1`, whose
# requests have no place for `num_ctx` or `top_k`, the Modelfile is where you set them.

# %% [markdown]
# ## 10. In memory, and out of it
#
# A loaded model occupies memory, whether somebody asks or not. Ollama's decision: it stays for
# **5 minutes** after the last question. You can change that with `keep_alive`, per request or for
# the server (`OLLAMA_KEEP_ALIVE`): a time (`"10m"`), 0 (out at once) or −1 (for ever).

# %% tags=["nbval-ignore-output"]
ollama.generate(model=at.model, keep_alive="1h")  # no prompt: only load
ollama_cli("ps")

# %% [markdown]
# And out of it, at once:

# %% tags=["nbval-ignore-output"]
ollama_cli("stop", at.model)
ollama_cli("ps")

# %% [markdown]
# The next question finds no model in memory, so it is loaded again first; `load_duration` says
# how long that took. On a classroom server, a long `keep_alive` for the one model of the day
# saves everybody's time; on your laptop, a short one saves memory.

# %% tags=["nbval-ignore-output"]
again = ollama.generate(model=at.model, prompt="Hola", options={"num_predict": 4})
print(f"loading {again.load_duration / 1e9:.2f} s, answering {again.eval_duration / 1e9:.2f} s")

# %% [markdown]
# We clean up: the teacher goes, the weights stay.

# %%
ollama.delete("tutora")
print("tutora is gone:", "tutora:latest" not in [m.model for m in ollama.list().models])

# %% [markdown]
# ## 11. Is Ollama open?
#
# A page of the local-inference community says that Ollama is not fully open source (“its server
# component is proprietary”), that it packages the work of others without giving credit, and that
# one should be careful with it. Is that so? Treat it as a claim. Claims about openness have the
# charm that you can look.
#
# What does the licence file say?
#
# | part | licence | where to read it | looked at |
# |---|---|---|---|
# | server, engine glue, APIs (`server/`, `llm/`, `openai/`, …) | MIT | `LICENSE` in github.com/ollama/ollama | 2026-08-21 |
# | desktop program (`app/`) | MIT, in the same repository | the same | 2026-08-21 |
# | llama.cpp and ggml, the engine | MIT | `LICENSE` in github.com/ggml-org/llama.cpp | 2026-11-20 |
# | the models (`gemma3`, …) | each its own | `ollama show <name> --license` | ask each |
# | cloud models (`:cloud`) and the registry of names | not in that repository | – | 2026-08-21 |
#
# So the first part of the claim is **contradicted by the repository**: the server's source, 54
# files of it, lies there under the MIT licence. What is closed is the *hosted* service behind
# names that end in `:cloud`; the local server contains only the code that reaches it, and
# `OLLAMA_NO_CLOUD=1` turns that off.
#
# The second part is about credit. The MIT licence asks for exactly one thing: that its copyright
# notice goes along *with all copies*, programs included. An
# [issue of 2024-03-16](https://github.com/ollama/ollama/issues/3185) says that Ollama's program
# files do not contain llama.cpp's; it was still open when its thread was last seen (2025-06). You
# can check the copy that is on your computer. And to be fair, we ask the same question of
# `xllamacpp`, the package through which **this kit** uses llama.cpp:

# %% tags=["nbval-ignore-output"]
from importlib.metadata import files

holders = ["Georgi Gerganov", "The ggml authors"]
copies = {"xllamacpp, in this kit": [f.locate() for f in files("xllamacpp") or []]}
if program:
    library = Path(program).resolve().parent.parent / "lib" / "ollama"
    copies["ollama, the program"] = [Path(program), *library.rglob("*")]
else:
    print("no `ollama` program on this computer to look into")
show.table(
    [(copy, sum(anatomy.occurrences(Path(f), h) for f in found for h in holders
                if Path(f).is_file()))
     for copy, found in copies.items()],
    ["copy of llama.cpp", "times its authors' notice was found"],
)

# %% [markdown]
# A zero for the kit's own package should make you careful with stones in glass houses: the slip is
# common, and in both cases it is one. (Whose slip? MIT binds whoever *hands out* copies: Ollama's
# makers for their program, the makers of xllamacpp for their package, and you, once you pass
# either of them on, on a USB stick for example.)
#
# **Settled:** Ollama's local server is open source by the usual definition; you may use, study,
# change and share it, and others do. **Not settled:** whether the notices are complete in the copy
# you install (look), and whether naming llama.cpp in the documentation is credit enough, which is
# a question of manners more than of licences. **Neither:** whether to depend on it. The registry
# behind the names and the defaults that change between versions belong to one company, as the
# names and defaults of most tools belong to somebody.
#
# **The fully open alternative** has fewer comforts and fewer decisions made for you: llama.cpp's
# own server, one program, MIT, developed in the open by its community. You give it the file:
#
# ```bash
# llama-server -m gemma-3-1b-it-Q4_K_M.gguf --port 8080      # then: http://127.0.0.1:8080/v1
# ```
#
# It speaks OpenAI's API, so section 6 works with it unchanged, and a name is a path: you know
# which file you run.

# %% [markdown]
# ## What has been decided for you?
#
# The size and precision behind a name. Streaming. The context of 4096 tokens, and dropping the
# oldest messages. Temperature and friends, another set per door. Five minutes of memory. Where
# names come from. None of it is wrong; most of it is sensible. Only, it is *decided*, and it can
# change with an update. Now you know where to look, and where to decide yourself.

# %% [markdown]
# ## Check yourself
#
# **1.** A colleague's script sends
# `{"model": "gemma3:1b", "prompt": "…", "temperature": 0, "seed": 1}` to `/api/generate`, and
# complains about different answers. What do you tell her?
#
# <details><summary>Answer</summary>
#
# Both settings stand outside `options`, so they are silently ignored and the defaults apply
# (temperature 0.8, a random seed). She should send `"options": {"temperature": 0, "seed": 1}`,
# and then check an effect she can count.
#
# </details>
#
# **2.** You get `json.decoder.JSONDecodeError: Extra data` from the answer of `/api/chat`. Why?
#
# <details><summary>Answer</summary>
#
# The answer is a stream: one JSON object per line. Read it line by line, or send
# `"stream": false`.
#
# </details>
#
# **3.** After `ollama create tutora`, does the disk hold the weights twice?
#
# <details><summary>Answer</summary>
#
# No. Weights are kept by checksum, and both names point to the same file. `ollama list` shows the
# full size for each name all the same: do not add these up.
#
# </details>
#
# **4.** Your chat program worked with a hosted model through OpenAI's client. Which two things do
# you change to use your own?
#
# <details><summary>Answer</summary>
#
# The address (`base_url=http://127.0.0.1:11434/v1`, with any key), and the model's name. Then
# look at your settings: the defaults differ from door to door and from provider to provider.
#
# </details>
#
# **5.** “Ollama is not open source.” Give the best one-sentence answer you can defend.
#
# <details><summary>Answer</summary>
#
# For example: “The local server and the desktop program are published under the MIT licence
# (repository read in August 2026); the hosted cloud models behind it are not open, every model
# has a licence of its own, and whether the installed copy carries all notices has to be looked
# at.”
#
# </details>
