# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
#   kit:
#     title: Ollama, the shortest way to a model of your own
#     minutes: 85
#     objectives:
#       - say what Ollama adds to llama.cpp, and install it on your system
#       - use it from the command line, with curl, with its Python client and with OpenAI's
#       - put options where they count, and prove that they did
#       - write a Modelfile, and say what it changes and what it does not
#       - judge a claim about a tool's openness by reading licences, and say what stays open
#     needs: [endpoint]
#     next: 06_open_webui
#     es:
#       title: Ollama, el camino más corto a un modelo propio
#       objectives:
#         - decir qué añade Ollama a llama.cpp, e instalarlo en tu sistema
#         - usarlo desde la línea de órdenes, con curl, con su cliente de Python y con el de OpenAI
#         - poner las opciones donde cuentan, y demostrar que han contado
#         - escribir un Modelfile, y decir qué cambia y qué no
#         - juzgar una afirmación sobre la apertura de una herramienta leyendo licencias, y decir qué queda abierto
# ---

# %% [markdown]
# **One line, and a model answers: `ollama run gemma3:1b`. What has Ollama decided for you in that
# line?** Which file, which precision, how much context, how daring the choice of words, how long
# the model stays in memory: somebody chose all of it. In this notebook we use Ollama in every way
# it offers, and collect its decisions on the way. At the end there is one decision left that only
# you can make: whether to rely on it.
#
# First: who answers here?

# %% [markdown] tags=["es"] of="cad3d52a"
# **Una línea, y responde un modelo: `ollama run gemma3:1b`. ¿Qué ha decidido por ti Ollama en esa
# línea?** Qué fichero, con qué precisión, cuánto contexto, con cuánta osadía elige las palabras, cuánto
# tiempo se queda el modelo en memoria: todo eso lo eligió alguien. En este cuaderno usamos Ollama de
# todas las maneras que ofrece, y por el camino vamos reuniendo sus decisiones. Al final queda una que
# solo puedes tomar tú: si dependes de él.
#
# Primero: ¿quién responde aquí?

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

# %% [markdown] tags=["es"] of="ae9cf9c5"
# Lee con cuidado la línea de arriba. Si dice *Ollama* y una versión, todo lo de abajo lo responde un
# Ollama de verdad. Si dice *embedded endpoint*, es el servidor del kit: tiene el mismo motor
# (llama.cpp) y habla la misma lengua (la API de HTTP de Ollama), pero **no** es Ollama. Las celdas son
# las mismas para los dos; donde importa la diferencia, el texto lo dice.

# %% [markdown]
# ## 1. What Ollama is
#
# In notebook 01 you met the parts: a file of weights, and an engine that does the arithmetic.
# Ollama is the layer on top of these: it fetches files by name, keeps them, starts the engine
# when somebody asks, and answers over HTTP.

# %% [markdown] tags=["es"] of="8e440d14"
# ## 1. Qué es Ollama
#
# En el cuaderno 01 conociste las partes: un fichero de pesos, y un motor que hace la aritmética. Ollama
# es la capa que va encima: trae ficheros por su nombre, los guarda, arranca el motor cuando alguien
# pregunta, y responde por HTTP.

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

# %% [markdown] tags=["es"] of="43a8c902"
# | | llama.cpp | Ollama añade |
# |---|---|---|
# | modelos | le das un fichero GGUF, o de dónde traerlo | nombres como `gemma3:1b`, traídos de un registro y guardados por su suma de comprobación |
# | ajustes | das opciones al arrancar, o en cada petición | un *Modelfile*: los ajustes viajan con el modelo |
# | memoria | el modelo se queda, si no dices otra cosa | lo carga cuando se le pide, lo descarga tras 5 minutos sin uso |
# | hardware | puedes elegir cuánto va a la GPU | elige por ti |
# | API | la de OpenAI | la suya (`/api/…`) y la de OpenAI (`/v1/…`) |
# | ejecución | un programa más | un servicio de fondo, y un programa de escritorio |
#
# Puede haber cambiado desde entonces: esto es el código de Ollama a 2026-08-21 (alrededor de v0.33).
# Desde v0.30.0 (2026-06-01) Ollama ejecuta como motor de los modelos GGUF el servidor del propio
# llama.cpp, `llama-server`; antes tenía una copia adaptada. En la otra dirección, llama-server dejó las
# pocas rutas de Ollama que había tenido (pull request 22165, 2026-04): solo habla la lengua de OpenAI.

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

# %% [markdown] tags=["es"] of="a0dfba50"
# ## 2. Instalarlo
#
# Como dicen su sitio y su README (consultados el 2026-11-20; en
# [ollama.com/download](https://ollama.com/download) está cómo se hace hoy):
#
# - **Linux:** `curl -fsSL https://ollama.com/install.sh | sh`
# - **macOS:** la misma orden, o el fichero `Ollama.dmg`
# - **Windows** (PowerShell): `irm https://ollama.com/install.ps1 | iex`, o el fichero
#   `OllamaSetup.exe`
# - **Docker:** `docker run -d -v ollama:/root/.ollama -p 11434:11434 ollama/ollama`
#
# Las tres primeras órdenes ejecutan un programa de internet sin mirarlo. Si prefieres mirar: guarda
# primero el guion en un fichero, léelo y luego ejecútalo. En Linux pide permisos de administración,
# porque instala un servicio.
#
# La celda siguiente no instala **nada** si no lo pides con `SELFHOST_INSTALL=1`; dice qué hay.

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

# %% [markdown] tags=["es"] of="3829623e"
# ## 3. La línea de órdenes
#
# Una vez instalado, el servidor funciona de fondo. (Si no, `ollama serve` lo arranca, y sus mensajes
# aparecen en ese terminal.) Todas las demás órdenes son clientes: preguntan a ese servidor por HTTP.
# Así que donde haya un servidor que hable esta lengua puedes hacer lo mismo sin el programa; las celdas
# siguientes lo hacen si no tienes `ollama`, y lo dicen. (El servidor del kit responde con la versión de
# Ollama cuyo comportamiento sigue.)

# %% tags=["nbval-ignore-output"]
ollama_cli("--version")

# %% [markdown]
# Which models does this server have?

# %% [markdown] tags=["es"] of="0788b68e"
# ¿Qué modelos tiene este servidor?

# %% tags=["nbval-ignore-output"]
ollama_cli("list")

# %% [markdown]
# `list` shows what is on your disk. A name has two parts: the model and, after the colon, a
# **tag**. The tag hides the first decision: which size and which precision you get.
# `gemma3:1b` at Ollama means weights of mostly 4 bits (Q4_K_M), about 0.8 GB, where its makers
# published 16 bits, 2 GB. And a name without a tag means `:latest`, which is whatever the
# library's keepers chose. `show` says what you really have:

# %% [markdown] tags=["es"] of="a1f209bc"
# `list` enseña lo que hay en tu disco. Un nombre tiene dos partes: el modelo y, tras los dos puntos,
# una **etiqueta** (*tag*). La etiqueta esconde la primera decisión: qué tamaño y qué precisión te
# tocan. En Ollama, `gemma3:1b` son pesos casi todos de 4 bits (Q4_K_M), unos 0,8 GB, donde sus autores
# publicaron 16 bits, 2 GB. Y un nombre sin etiqueta quiere decir `:latest`, que es lo que hayan elegido
# quienes cuidan la biblioteca. `show` dice qué tienes de verdad:

# %% tags=["nbval-ignore-output"]
ollama_cli("show", at.model)

# %% [markdown]
# `run` asks one question if you give one (and opens a chat in a terminal if you do not). We ask
# in Spanish, “what is the capital of France?”; keep in mind which model answers.

# %% [markdown] tags=["es"] of="8795567b"
# `run` hace una pregunta si se la das (y si no, abre una conversación en un terminal). Preguntamos en
# español; ten presente qué modelo responde.

# %% tags=["nbval-ignore-output"]
ollama_cli("run", at.model, "¿Cuál es la capital de Francia?")

# %% [markdown]
# The model was loaded into memory for that. `ps` says what is there, and until when:

# %% [markdown] tags=["es"] of="6f9598ea"
# Para eso se cargó el modelo en memoria. `ps` dice qué hay en ella, y hasta cuándo:

# %% tags=["nbval-ignore-output"]
ollama_cli("ps")

# %% [markdown]
# `pull` fetches a model. That is hundreds of megabytes, so this cell does it only with
# `SELFHOST_INSTALL=1`. In a class, let one machine fetch, and hand the files around: thirty
# downloads at once block the room's network.

# %% [markdown] tags=["es"] of="fff3aea7"
# `pull` trae un modelo. Son cientos de megabytes, así que esta celda solo lo hace con
# `SELFHOST_INSTALL=1`. En clase, que lo traiga una máquina y pasad los ficheros de mano en mano: treinta
# descargas a la vez bloquean la red del aula.

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

# %% [markdown] tags=["es"] of="6bd26c24"
# | escribes | el programa envía | hace |
# |---|---|---|
# | `ollama serve` | – | arranca el propio servidor |
# | `ollama list` | `GET /api/tags` | modelos en el disco |
# | `ollama show <name>` | `POST /api/show` | qué es un modelo |
# | `ollama run <name>` | `POST /api/generate`, `/api/chat` | lo carga y conversa |
# | `ollama ps` | `GET /api/ps` | modelos en memoria |
# | `ollama stop <name>` | `POST /api/generate` con `keep_alive` 0 | fuera de la memoria |
# | `ollama pull <name>` | `POST /api/pull` | lo trae |
# | `ollama create <name> -f Modelfile` | `POST /api/create` | una variante de un modelo |
# | `ollama cp <a> <b>`, `ollama rm <name>` | `POST /api/copy`, `DELETE /api/delete` | copia, borra |

# %% [markdown]
# ## 4. The same with curl
#
# HTTP is the language that every program speaks. A request is a small JSON document; we keep it
# in a file, so that the same command works in every shell. (In a terminal on Linux or macOS you
# can write it in the command: `curl http://127.0.0.1:11434/api/generate -d '{"model": …}'`.)

# %% [markdown] tags=["es"] of="a64c97bf"
# ## 4. Lo mismo con curl
#
# HTTP es la lengua que habla cualquier programa. Una petición es un documento JSON pequeño; lo
# guardamos en un fichero, para que la misma orden valga en cualquier intérprete. (En un terminal de
# Linux o macOS puedes escribirlo en la orden: `curl http://127.0.0.1:11434/api/generate -d '{"model": …}'`.)

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

# %% [markdown] tags=["es"] of="6d70a71d"
# `num_predict` permite como mucho 6 tokens de respuesta. ¿Cuántos objetos JSON volverán para esta única
# petición: uno con la respuesta, uno por palabra, o más o menos uno por token y uno final?

# %% tags=["nbval-ignore-output"]
from selfhost.widgets.predict import predict

objects = predict(
    "How many JSON objects will come back for this one request?",
    ["one, with the answer", "one for each word", "about one for each token, and a last one"],
)
objects

# %% [markdown]
# Send it, and count.

# %% [markdown] tags=["es"] of="eae34a08"
# Envíala, y cuenta.

# %% tags=["nbval-ignore-output"]
# !curl -s $OLLAMA_HOST/api/generate -d "@$ask"

# %% [markdown]
# Your guess, and what came:

# %% [markdown] tags=["es"] of="a613372e"
# Tu apuesta, y lo que vino:

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

# %% [markdown] tags=["es"] of="32e8a219"
# Otra decisión: en `/api` la respuesta llega **por partes** (*streaming*) si no dices `"stream": false`,
# un objeto JSON por línea, cada uno con el trozo siguiente. (Este formato se llama NDJSON. Un programa
# que espera un solo documento JSON tropieza con él; es un primer error muy popular.) La última línea
# trae las cifras. Pidámoslo todo de una vez, y leámoslas.

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

# %% [markdown] tags=["es"] of="194bd91d"
# Las cifras que vinieron con ella:

# %% tags=["nbval-ignore-output"]
show.table(
    [(key, f"{reply[key] / 1e9:.5f}" if key.endswith("duration") else reply[key], unit)
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

# %% [markdown] tags=["es"] of="ddb134d3"
# Los tokens por segundo, la cifra que todo el mundo compara, son el número de tokens dividido por el
# tiempo que costó escribirlos:

# %% tags=["nbval-ignore-output"]
assert reply["eval_count"] <= 60
speed = reply["eval_count"] / (reply["eval_duration"] / 1e9)
print(f"{speed:.0f} tokens per second with {at.model}")

# %% [markdown]
# The durations are in **nanoseconds**: forget the division by a thousand million, and your laptop
# beats every data centre.

# %% [markdown] tags=["es"] of="6052832e"
# Las duraciones están en **nanosegundos**: olvida dividir por mil millones, y tu portátil gana a
# cualquier centro de datos.

# %% [markdown]
# ## 5. Its Python client
#
# The same API with Python objects. It finds the server through `OLLAMA_HOST`.

# %% [markdown] tags=["es"] of="6c8c7ba9"
# ## 5. Su cliente de Python
#
# La misma API, con objetos de Python. Encuentra el servidor por `OLLAMA_HOST`.

# %% tags=["nbval-ignore-output"]
import ollama

question = {"role": "user", "content": "What is a token?"}
answer = ollama.chat(model=at.model, messages=[question], options={"num_predict": 60})
print(answer.message.content)

# %% [markdown]
# With `stream=True` you get an iterator, and can show the words as they come:

# %% [markdown] tags=["es"] of="b1356e6e"
# Con `stream=True` recibes un iterador, y puedes enseñar las palabras según llegan:

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

# %% [markdown] tags=["es"] of="c429d74e"
# ### ¿Quién se acuerda?
#
# Le dices al modelo tu nombre. En la llamada *siguiente* se lo preguntas. ¿Qué recuerda el servidor: la
# conversación, mientras el modelo esté cargado? ¿O nada, así que quien pregunta tiene que enviarlo todo
# otra vez?

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

# %% [markdown] tags=["es"] of="a13e52f9"
# Preguntamos dos veces: una solo con la pregunta, otra con todo lo que se dijo antes. Además de las
# respuestas, mira cuántos tokens *leyó* el modelo.

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

# %% [markdown] tags=["es"] of="6d288be8"
# Hiciera lo que hiciera con ello el modelo, esto es seguro:

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

# %% [markdown] tags=["es"] of="6e292813"
# Un programa de conversación guarda la conversación y la envía entera, cada vez. (Un modelo muy pequeño
# puede no saber lo de Ana ni aun así. Pero lo que *leyó* es un hecho: compara los tokens.) Y aquí hay
# una decisión que conviene saber: cuando la conversación es más larga que el contexto, `/api/chat`
# **tira sin decir nada los mensajes más antiguos**, y conserva el de sistema. La manera de OpenAI es
# negarse. ¿Qué longitud tiene el contexto? Si no pones `num_ctx`, 4096 tokens en una máquina con poca
# memoria de GPU (código de 2026-08; páginas más antiguas dicen 2048), pueda lo que pueda el modelo.

# %% [markdown]
# ## 6. OpenAI's client
#
# Thousands of programs speak OpenAI's API. Ollama speaks it, too, under `/v1`; the client wants a
# key, and any will do. So the same program runs with a hosted model today and with yours
# tomorrow: change the address and the name.

# %% [markdown] tags=["es"] of="e65f5109"
# ## 6. El cliente de OpenAI
#
# Miles de programas hablan la API de OpenAI. Ollama también la habla, bajo `/v1`; el cliente quiere una
# clave, y vale cualquiera. Así que el mismo programa funciona hoy con un modelo alojado por otros y
# mañana con el tuyo: cambia la dirección y el nombre.

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

# %% [markdown] tags=["es"] of="b5a6ece8"
# ## 7. Opciones que nadie lee
#
# «¡Pongo temperature y seed, y aun así las respuestas son distintas!» Puede que sea la queja más
# frecuente sobre Ollama. Mira estas dos peticiones, y encuentra la diferencia.

# %%
inside = {"prompt": "Tell me a story.", "stream": False, "options": {"num_predict": 3}}
outside = {"prompt": "Tell me a story.", "stream": False, "num_predict": 3,
           "options": {"num_predict": 12}}

# %% [markdown]
# The first is as it should be. The second says `num_predict` twice: 3 outside `options`, and 12
# inside. Does it write 3 tokens or 12, or does the server complain?

# %% [markdown] tags=["es"] of="1e101628"
# La primera está como debe. La segunda dice `num_predict` dos veces: 3 fuera de `options`, y 12 dentro.
# ¿Escribe 3 tokens o 12, o se queja el servidor?

# %% tags=["nbval-ignore-output"]
happens = predict(
    "The second request says 3 outside `options`, and 12 inside. What happens?",
    ["3 tokens: the outer one wins", "an error: it is said twice",
     "12 tokens: the outer one is silently ignored"],
)
happens

# %% [markdown]
# Both, sent as they are:

# %% [markdown] tags=["es"] of="b2870ba0"
# Las dos, enviadas tal como están:

# %% tags=["nbval-ignore-output"]
replies = {"inside": post("/api/generate", model=at.model, **inside),
           "outside": post("/api/generate", model=at.model, **outside)}
show.table([(where, r["eval_count"], r["done_reason"], r["response"][:60])
            for where, r in replies.items()],
           ["3 stands", "tokens", "ended because", "answer"])

# %% [markdown]
# Count:

# %% [markdown] tags=["es"] of="f4abb19a"
# Cuenta:

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

# %% [markdown] tags=["es"] of="2d4a36ba"
# Lo que está fuera no es ni un error; es como si no lo hubieras escrito. Lo mismo con `temperature: 0`,
# que es el caso que duele. Cinco veces la misma petición; ¿cuántas respuestas distintas?

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

# %% [markdown] tags=["es"] of="4d854a66"
# Fuera, o mal escrito: ni error, ni aviso, y la temperatura por defecto. (Ollama escribe una línea sobre
# las opciones desconocidas en su propio registro, que nadie lee.) El cliente de Python te ayuda con el
# primer fallo; con el segundo, no:

# %%
try:
    ollama.generate(model=at.model, prompt="Hi", temperature=0)
except TypeError as error:
    print("TypeError:", error)

# %% [markdown]
# OpenAI's API has it the other way round: `temperature`, `top_p`, `seed`, `max_tokens` stand at the
# top level, an `options` object means nothing there, and there is no field for `top_k` or `num_ctx`
# at all. (The kit's server reads `top_k` there all the same, as notebook 03 found; Ollama does
# not.) So:
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

# %% [markdown] tags=["es"] of="640583d0"
# En la API de OpenAI es al revés: `temperature`, `top_p`, `seed` y `max_tokens` van en el nivel de
# arriba, un objeto `options` no significa nada allí, y para `top_k` o `num_ctx` no hay campo
# alguno. (El servidor del kit lee allí `top_k` de todos modos, como vio el cuaderno 03; Ollama,
# no.) Así que:
#
# | quieres | `/api/generate`, `/api/chat` | `/v1/chat/completions` |
# |---|---|---|
# | como mucho 50 tokens | `"options": {"num_predict": 50}` | `"max_tokens": 50` |
# | nada de azar | `"options": {"temperature": 0}` | `"temperature": 0` |
# | otra vez el mismo sorteo | `"options": {"seed": 7, …}` | `"seed": 7` |
# | un contexto más largo | `"options": {"num_ctx": 8192}` | no en la petición: en el Modelfile, o para todo el servidor (`OLLAMA_CONTEXT_LENGTH`) |
#
# ¿Cómo puedes estar seguro de que una opción ha llegado? Mira un efecto que puedas contar, como arriba.
# El servidor del kit te dice además, en cada respuesta, qué estaba en vigor:

# %% tags=["nbval-ignore-output"]
force = replies["inside"].get("selfhost", {}).get("settings")
print(force if force else "This server does not tell (a real Ollama does not).")

# %% [markdown]
# ## 8. Two doors, two sets of defaults
#
# You ask the same server for the same model, once through `/api` and once through `/v1`, and give
# no settings at all. Through which door will the answers vary more? Or is there no difference,
# since it is the same model?

# %% [markdown] tags=["es"] of="243521a2"
# ## 8. Dos puertas, dos juegos de valores por defecto
#
# Pides al mismo servidor el mismo modelo, una vez por `/api` y otra por `/v1`, y no das ningún ajuste.
# ¿Por qué puerta variarán más las respuestas? ¿O no hay diferencia, porque es el mismo modelo?

# %% tags=["nbval-ignore-output"]
daring = predict(
    "Through which door will the answers vary more?",
    ["/api", "/v1", "no difference: it is the same model"],
)
daring

# %% [markdown]
# We ask the server for its defaults if it can tell; a real Ollama cannot, and then the table is
# from its source code.

# %% [markdown] tags=["es"] of="df48e646"
# Preguntamos al servidor por sus valores por defecto, si sabe decirlos; un Ollama de verdad no sabe, y
# entonces la tabla es la de su código.

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

# %% [markdown] tags=["es"] of="cf41248a"
# Entonces, ¿por qué puerta?

# %%
daring.reveal("/v1", {"/api": "Compare the temperatures, and what top_p cuts off."})

# %% [markdown]
# What does that mean for one choice? We take a real list of scores (aprendiz, the first token of
# a story, calculated as in notebook 01), and see how many tokens may still be drawn.

# %% [markdown] tags=["es"] of="a4f2f8c9"
# ¿Qué significa eso para una sola elección? Tomamos una lista real de puntuaciones (aprendiz, el primer
# token de un cuento, calculado como en el cuaderno 01), y vemos cuántos tokens pueden salir todavía en
# el sorteo.

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

# %% [markdown] tags=["es"] of="eef3e8ad"
# ¿Cuántos tokens podían venir a continuación, y cómo de probables son los primeros?

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

# %% [markdown] tags=["es"] of="2289ea2a"
# El mismo modelo, el mismo motor, la misma pregunta; otra puerta, otra distribución. Un estudio que dice
# «usamos el modelo X con Ollama» no ha dicho todavía qué hizo. Y los valores por defecto cambian: el
# `repeat_penalty` de Ollama era 1,1 hasta v0.32.9 y es 1,0 desde v0.32.10 (2026-08-12). Tras esa
# actualización, la misma petición puede dar otro texto. **Escribe tus ajustes en la petición**, todos
# los que importen, y apunta la versión. (Los cuadernos 14 y 15 miden lo que cuesta no hacerlo.)

# %% [markdown]
# ## 9. A Modelfile: settings that travel
#
# If you always want the same settings, give them to the model. A **Modelfile** says what to start
# from, and what to add. Ours makes a teacher who speaks Spanish.

# %% [markdown] tags=["es"] of="9d7bcd05"
# ## 9. Un Modelfile: ajustes que viajan
#
# Si quieres siempre los mismos ajustes, dáselos al modelo. Un **Modelfile** dice de qué partir y qué
# añadir. El nuestro hace una profesora que habla español.

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

# %% [markdown] tags=["es"] of="43845965"
# ¿Qué meterá `ollama create` en el modelo nuevo: pesos nuevos, entrenados para el personaje? ¿Los mismos
# pesos, con los ajustes al lado? ¿O una copia de los pesos, adaptada al español?

# %% tags=["nbval-ignore-output"]
made = predict(
    "What will `ollama create` put into the new model?",
    ["new weights, trained on the persona", "the same weights, and the settings beside them",
     "a copy of the weights, adapted to Spanish"],
)
made

# %% [markdown]
# Create it, and ask the server what it is made of:

# %% [markdown] tags=["es"] of="f5770948"
# Créalo, y pregunta al servidor de qué está hecho:

# %% tags=["nbval-ignore-output"]
ollama_cli("create", "tutora", "-f", str(modelfile))
ollama_cli("show", "tutora", "--modelfile")

# %% [markdown]
# Compare what the two are made of: the header of the weights (`modelinfo`) and the system text.

# %% [markdown] tags=["es"] of="3bb145e2"
# Compara de qué están hechos los dos: la cabecera de los pesos (`modelinfo`) y el texto de sistema.

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

# %% [markdown] tags=["es"] of="afafd0a8"
# No se entrenó nada: `create` no tardó. Lo que *lee* el modelo ha cambiado:

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

# %% [markdown] tags=["es"] of="e2077786"
# Dos cosas que valen haga lo que haga el modelo con ello:

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

# %% [markdown] tags=["es"] of="e15fd946"
# El texto de sistema va delante de tu pregunta, en cada petición, y cuesta sus tokens cada vez. Si el
# modelo le *obedece* es otra cosa: a uno muy pequeño apenas se le enseñó a hacerlo, y a uno grande se le
# puede convencer de lo contrario. Un texto de sistema es un ruego, no un cerrojo.
#
# ¿Qué gana si el Modelfile dice 24 tokens y la petición dice 5?

# %%
five = ollama.chat(model="tutora", messages=pregunta, options={"num_predict": 5})
print("5 or fewer:", five.eval_count <= 5)

# %% [markdown]
# The request wins over the Modelfile, the Modelfile over the API's default. With `/v1`, whose
# requests have no place for `num_ctx` or `top_k`, the Modelfile is where you set them.

# %% [markdown] tags=["es"] of="030bb045"
# La petición gana al Modelfile, y el Modelfile a los valores por defecto de la API. Con `/v1`, cuyas
# peticiones no tienen sitio para `num_ctx` ni `top_k`, se ponen en el Modelfile.

# %% [markdown]
# ## 10. In memory, and out of it
#
# A loaded model occupies memory, whether somebody asks or not. Ollama's decision: it stays for
# **5 minutes** after the last question. You can change that with `keep_alive`, per request or for
# the server (`OLLAMA_KEEP_ALIVE`): a time (`"10m"`), 0 (out at once) or −1 (for ever).

# %% [markdown] tags=["es"] of="6d37497f"
# ## 10. Dentro de la memoria, y fuera
#
# Un modelo cargado ocupa memoria, pregunte alguien o no. Decisión de Ollama: se queda **5 minutos**
# después de la última pregunta. Puedes cambiarlo con `keep_alive`, por petición o para el servidor
# (`OLLAMA_KEEP_ALIVE`): un tiempo (`"10m"`), 0 (fuera enseguida) o −1 (para siempre).

# %% tags=["nbval-ignore-output"]
ollama.generate(model=at.model, keep_alive="1h")  # no prompt: only load
ollama_cli("ps")

# %% [markdown]
# And out of it, at once:

# %% [markdown] tags=["es"] of="1dae80ad"
# Y fuera de ella, enseguida:

# %% tags=["nbval-ignore-output"]
ollama_cli("stop", at.model)
ollama_cli("ps")

# %% [markdown]
# The next question finds no model in memory, so it is loaded again first; `load_duration` says
# how long that took. On a classroom server, a long `keep_alive` for the one model of the day
# saves everybody's time; on your laptop, a short one saves memory.

# %% [markdown] tags=["es"] of="0a84eae8"
# La pregunta siguiente no encuentra ningún modelo en memoria, así que antes hay que cargarlo otra vez;
# `load_duration` dice cuánto tardó. En el servidor de una clase, un `keep_alive` largo para el modelo
# del día ahorra tiempo a todos; en tu portátil, uno corto ahorra memoria.

# %% tags=["nbval-ignore-output"]
again = ollama.generate(model=at.model, prompt="Hola", options={"num_predict": 4})
print(f"loading {again.load_duration / 1e9:.2f} s, answering {again.eval_duration / 1e9:.2f} s")

# %% [markdown]
# We clean up: the teacher goes, the weights stay.

# %% [markdown] tags=["es"] of="bd68545b"
# Recogemos: la profesora se va, los pesos se quedan.

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

# %% [markdown] tags=["es"] of="6f9b0228"
# ## 11. ¿Es abierto Ollama?
#
# Una página de la comunidad de la inferencia local dice que Ollama no es del todo de código abierto
# («su componente servidor es propietario»), que empaqueta el trabajo de otros sin reconocerlo, y que
# hay que tener cuidado con él. ¿Es así? Trátalo como una afirmación. Las afirmaciones sobre apertura
# tienen el encanto de que se puede mirar.
#
# ¿Qué dice el fichero de la licencia?
#
# | parte | licencia | dónde leerla | mirado |
# |---|---|---|---|
# | servidor, unión con el motor, APIs (`server/`, `llm/`, `openai/`, …) | MIT | `LICENSE` en github.com/ollama/ollama | 2026-08-21 |
# | programa de escritorio (`app/`) | MIT, en el mismo repositorio | en el mismo | 2026-08-21 |
# | llama.cpp y ggml, el motor | MIT | `LICENSE` en github.com/ggml-org/llama.cpp | 2026-11-20 |
# | los modelos (`gemma3`, …) | cada uno la suya | `ollama show <name> --license` | pregúntalo |
# | los modelos en la nube (`:cloud`) y el registro de nombres | no en ese repositorio | – | 2026-08-21 |
#
# Así que **el repositorio contradice** la primera parte de la afirmación: el código del servidor, 54
# ficheros, está allí con licencia MIT. Lo cerrado es el servicio *alojado* que está detrás de los
# nombres que acaban en `:cloud`; el servidor local contiene solo el código que llega hasta él, y
# `OLLAMA_NO_CLOUD=1` lo apaga.
#
# La segunda parte trata del reconocimiento. La licencia MIT pide exactamente una cosa: que su aviso de
# derechos de autor acompañe *a todas las copias*, también a los programas. Una
# [incidencia de 2024-03-16](https://github.com/ollama/ollama/issues/3185) dice que los ficheros de
# programa de Ollama no llevan el de llama.cpp; seguía abierta cuando se vio por última vez su hilo
# (2025-06). Puedes comprobar la copia que está en tu ordenador. Y para ser justos, hacemos la misma
# pregunta a `xllamacpp`, el paquete con el que **este kit** usa llama.cpp:

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

# %% [markdown] tags=["es"] of="c0aeeee6"
# Un cero para el propio paquete del kit debería hacerte cuidadoso con las piedras en casas de cristal:
# el descuido es frecuente, y en los dos casos lo es. (¿De quién? La MIT obliga a quien *reparte* copias:
# a quienes hacen Ollama por su programa, a quienes hacen xllamacpp por su paquete, y a ti en cuanto
# pases uno de los dos a otros, por ejemplo en una memoria USB.)
#
# **Está claro:** el servidor local de Ollama es código abierto según la definición habitual; puedes
# usarlo, estudiarlo, cambiarlo y compartirlo, y otros lo hacen. **No está claro:** si los avisos están
# completos en la copia que instalas (míralo), y si nombrar a llama.cpp en la documentación es
# reconocimiento bastante, que es más cuestión de modales que de licencias. **Ni lo uno ni lo otro:** si
# conviene depender de él. El registro que está detrás de los nombres, y los valores por defecto que
# cambian de una versión a otra, son de una empresa, como los nombres y los valores por defecto de casi
# todas las herramientas son de alguien.
#
# **La alternativa completamente abierta** tiene menos comodidades y menos decisiones tomadas por ti: el
# servidor del propio llama.cpp, un programa, MIT, desarrollado en abierto por su comunidad. Le das el
# fichero:
#
# ```bash
# llama-server -m gemma-3-1b-it-Q4_K_M.gguf --port 8080      # then: http://127.0.0.1:8080/v1
# ```
#
# Habla la API de OpenAI, así que la sección 6 funciona con él sin cambios, y un nombre es una ruta:
# sabes qué fichero ejecutas.

# %% [markdown]
# ## What has been decided for you?
#
# The size and precision behind a name. Streaming. The context of 4096 tokens, and dropping the
# oldest messages. Temperature and friends, another set per door. Five minutes of memory. Where
# names come from. None of it is wrong; most of it is sensible. Only, it is *decided*, and it can
# change with an update. Now you know where to look, and where to decide yourself.

# %% [markdown] tags=["es"] of="20c84b77"
# ## ¿Qué se ha decidido por ti?
#
# El tamaño y la precisión que hay detrás de un nombre. El envío por partes. El contexto de 4096 tokens,
# y tirar los mensajes más antiguos. La temperatura y compañía, un juego distinto por puerta. Cinco
# minutos de memoria. De dónde vienen los nombres. Nada de eso está mal; casi todo es sensato. Solo que
# está *decidido*, y puede cambiar con una actualización. Ahora sabes dónde mirar, y dónde decidir tú.

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

# %% [markdown] tags=["es"] of="1e140fd3"
# ## Compruébalo
#
# **1.** El programa de una compañera envía
# `{"model": "gemma3:1b", "prompt": "…", "temperature": 0, "seed": 1}` a `/api/generate`, y ella se queja
# de que las respuestas son distintas. ¿Qué le dices?
#
# <details><summary>Respuesta</summary>
#
# Los dos ajustes están fuera de `options`, así que se ignoran sin decir nada y valen los valores por
# defecto (temperatura 0,8, una semilla al azar). Debería enviar `"options": {"temperature": 0, "seed": 1}`,
# y comprobar después un efecto que pueda contar.
#
# </details>
#
# **2.** De la respuesta de `/api/chat` te sale `json.decoder.JSONDecodeError: Extra data`. ¿Por qué?
#
# <details><summary>Respuesta</summary>
#
# La respuesta llega por partes: un objeto JSON por línea. Léela línea a línea, o envía
# `"stream": false`.
#
# </details>
#
# **3.** Después de `ollama create tutora`, ¿están los pesos dos veces en el disco?
#
# <details><summary>Respuesta</summary>
#
# No. Los pesos se guardan por su suma de comprobación, y los dos nombres apuntan al mismo fichero. Aun
# así, `ollama list` enseña el tamaño entero con cada nombre: no los sumes.
#
# </details>
#
# **4.** Tu programa de conversación funcionaba con un modelo alojado por otros y el cliente de OpenAI.
# ¿Qué dos cosas cambias para usar el tuyo?
#
# <details><summary>Respuesta</summary>
#
# La dirección (`base_url=http://127.0.0.1:11434/v1`, con cualquier clave) y el nombre del modelo. Luego
# mira tus ajustes: los valores por defecto cambian de una puerta a otra y de un proveedor a otro.
#
# </details>
#
# **5.** «Ollama no es código abierto.» Da la mejor respuesta de una frase que puedas defender.
#
# <details><summary>Respuesta</summary>
#
# Por ejemplo: «El servidor local y el programa de escritorio se publican con licencia MIT (repositorio
# leído en agosto de 2026); los modelos en la nube que hay detrás no son abiertos, cada modelo tiene su
# propia licencia, y hay que mirar si la copia instalada lleva todos los avisos.»
#
# </details>
