# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
#   kit:
#     title: Start here
#     minutes: 30
#     objectives:
#       - say whether this computer is ready, and mend what is not
#       - ask a model on this computer a question, in three ways
#       - say why three ways give one answer, and when they do not
#       - find your way through the course, and help yourself when stuck
#     needs: [endpoint]
#     next: 01_inside_a_model
#     es:
#       title: Empieza aquí
#       objectives:
#         - decir si este ordenador está listo, y arreglar lo que no lo esté
#         - preguntar de tres maneras a un modelo que está en este ordenador
#         - decir por qué tres maneras dan una sola respuesta, y cuándo no
#         - orientarte en el curso, y salir tú mismo del atasco
# ---

# %% [markdown]
# You have asked questions to models in somebody else's data centre. In this course the model runs
# on *your* computer, and every notebook lets you look a bit deeper. We begin with the simplest
# question one can ask about that: **when a model answers you, who is it that answers, and does
# the answer depend on how you ask?** In half an hour you will have asked the same question through
# three doors.
#
# A notebook is text and **cells** of code. Run a cell with *Shift+Enter*; its result appears below
# it. Start at the top, leave none out: later cells use what earlier ones made.

# %% [markdown] tags=["es"] of="d287b136"
# Ya has preguntado a modelos que están en el centro de datos de otro. En este curso el modelo
# funciona en *tu* ordenador, y cada cuaderno te deja mirar un poco más adentro. Empezamos por la
# pregunta más sencilla que se puede hacer sobre eso: **cuando un modelo te responde, ¿quién es el
# que responde, y depende la respuesta de cómo preguntas?** En media hora habrás hecho la misma
# pregunta por tres puertas.
#
# Un cuaderno es texto y **celdas** de código. Una celda se ejecuta con *Mayúsculas+Intro*, y su
# resultado aparece debajo. Empieza por arriba y no te saltes ninguna: las celdas usan lo que
# hicieron las anteriores.

# %% [markdown]
# ## 1. Is this computer ready?
#
# The kit has a doctor. It looks at this computer and says what is there, what is missing, and what
# mends it. A line marked **fail** must be mended before you go on; **warn** concerns only the
# notebooks that it names.

# %% [markdown] tags=["es"] of="6d4301a6"
# ## 1. ¿Está listo este ordenador?
#
# El kit tiene un médico. Mira este ordenador y dice qué hay, qué falta y cómo se arregla. Una línea
# marcada **fail** hay que arreglarla antes de seguir; **warn** afecta solo a los cuadernos que
# nombra.

# %% tags=["nbval-ignore-output"]
from selfhost import doctor

doctor.table()

# %% [markdown]
# The same in a terminal: `selfhost doctor`. You may run it again at any time, and it changes
# nothing on your computer.

# %% [markdown] tags=["es"] of="80a5a15d"
# Lo mismo en un terminal: `selfhost doctor`. Puedes repetirlo cuando quieras; no cambia nada en tu
# ordenador.

# %% [markdown]
# ## 2. Who answers?
#
# A model is a file; somebody must load it and listen for questions. That somebody is a **server**,
# here on your own computer. The next cell finds one. It takes the first of these that it can get:
#
# 1. the server that you name yourself (`SELFHOST_ENDPOINT`),
# 2. an **Ollama** that runs on this computer and has the course's usual model, `gemma3:1b`,
# 3. the kit's own server, with the kit's own small model, **aprendiz**.

# %% [markdown] tags=["es"] of="9158579f"
# ## 2. ¿Quién responde?
#
# Un modelo es un fichero; alguien tiene que cargarlo y quedarse a la escucha de preguntas. Ese
# alguien es un **servidor**, aquí en tu propio ordenador. La celda siguiente busca uno, y se queda
# con el primero que consigue de estos:
#
# 1. el servidor que nombres tú (`SELFHOST_ENDPOINT`),
# 2. un **Ollama** que funcione en este ordenador y tenga el modelo habitual del curso, `gemma3:1b`,
# 3. el servidor del kit, con el pequeño modelo del kit, **aprendiz**.

# %% tags=["nbval-ignore-output"]
from selfhost.endpoint import endpoint

at = endpoint()
print(at.describe())
at.export()

# %% [markdown]
# Read that line; it names the model, the program that runs it, and the address. Every notebook that
# asks a model prints it first, because no result means anything without it. (`at.export()` then tells
# the programs of this notebook the address.)
#
# If it says *aprendiz*: this is a very small model, trained from scratch for this course, so small
# that it comes with the kit and answers at once on any laptop, without a network. It knows some
# capitals, tells short stories in English and Spanish, and explains words of this course. It is
# no rival to the models that you know, and often it is wrong. What you learn with it holds for
# the big ones: it has the same architecture as `gemma3:1b`, and runs in the same engine.
#
# Look at the address, too. If it begins with `http://127.0.0.1`: that number means *this
# computer*, and your question does not leave it.

# %% [markdown] tags=["es"] of="57782692"
# Lee esa línea: nombra el modelo, el programa que lo ejecuta y la dirección. Todo cuaderno que
# pregunta a un modelo la imprime lo primero, porque sin ella ningún resultado significa nada.
# (`at.export()` comunica después la dirección a los programas de este cuaderno.)
#
# Si dice *aprendiz*: es un modelo muy pequeño, entrenado desde cero para este curso, tan pequeño que
# viene con el kit y responde al instante en cualquier portátil y sin red. Sabe algunas capitales,
# cuenta cuentos cortos en inglés y en español, y explica palabras de este curso. No rivaliza con los
# modelos que conoces, y se equivoca a menudo. Lo que aprendas con él vale para los grandes: tiene la
# misma arquitectura que `gemma3:1b` y funciona en el mismo motor.
#
# Mira también la dirección. Si empieza por `http://127.0.0.1`: ese número quiere decir *este
# ordenador*, y tu pregunta no sale de él.

# %% [markdown]
# ## 3. First door: plain HTTP
#
# The server speaks HTTP, like every web page. So a program that can fetch a web page can ask a
# model. We write a question (a small document in a form called JSON):

# %% [markdown] tags=["es"] of="6f6baecf"
# ## 3. Primera puerta: HTTP a secas
#
# El servidor habla HTTP, como cualquier página web. Así que un programa que sabe pedir una página
# puede preguntar a un modelo. Escribimos una pregunta (un documento pequeño, en un formato que se
# llama JSON):

# %% tags=["nbval-ignore-output"]
import json
import tempfile
from pathlib import Path

messages = [{"role": "user", "content": "What is the capital of Spain?"}]
question = {"model": at.model, "messages": messages, "temperature": 0, "max_tokens": 50}
ask = Path(tempfile.mkdtemp(prefix="first-")) / "ask.json"
ask.write_text(json.dumps(question), encoding="utf-8")
print(json.dumps(question, indent=1))

# %% [markdown]
# `curl` is the standard program for fetching something from an address. The exclamation mark
# hands the line to your computer's shell, as if you had typed it in a terminal.

# %% [markdown] tags=["es"] of="64a67c73"
# `curl` es el programa de siempre para pedir algo a una dirección. El signo de exclamación pasa la
# línea al intérprete de órdenes de tu ordenador, como si la hubieras escrito en un terminal.

# %% tags=["nbval-ignore-output"]
URL = at.openai_url
# !curl -s $URL/chat/completions -H "Content-Type: application/json" -d "@$ask"

# %% [markdown]
# Somewhere in this there is an answer, beside `"content"`. The rest is good to have: which model
# answered, why it stopped, how many tokens it read and wrote. (The kit's own server adds a block
# called `selfhost`: every setting that was in force. You will be glad of it in notebook 14.)
# A program picks out the answer like this:

# %% [markdown] tags=["es"] of="7bfb4ca8"
# En alguna parte de todo esto hay una respuesta, al lado de `"content"`. Lo demás conviene tenerlo:
# qué modelo respondió, por qué paró, cuántos tokens leyó y escribió. (El servidor del kit añade un
# bloque que se llama `selfhost`: todos los ajustes que estaban en vigor. En el cuaderno 14 te
# alegrarás.) Un programa saca la respuesta así:

# %% tags=["nbval-ignore-output"]
# answer = !curl -s $URL/chat/completions -H "Content-Type: application/json" -d "@$ask"
by_curl = json.loads("\n".join(answer))["choices"][0]["message"]["content"]
print(by_curl)

# %% [markdown]
# ## 4. Two more doors
#
# Nobody writes HTTP by hand all day. There are libraries, and two of them you will meet
# everywhere: `openai`, made for that company's models and now spoken by almost every server; and
# `ollama`, for Ollama's own, richer language. We will ask the same question through both. The
# temperature is 0, which means: always take the likeliest next word.
#
# Before you run it: will the three answers be the same, word for word? The same in other words? Or
# does it depend on the library?

# %% [markdown] tags=["es"] of="ce96761d"
# ## 4. Otras dos puertas
#
# Nadie escribe HTTP a mano todo el día. Hay bibliotecas, y dos de ellas las encontrarás en todas
# partes: `openai`, hecha para los modelos de esa empresa y que hoy entiende casi cualquier servidor;
# y `ollama`, para el lenguaje propio, más rico, de Ollama. Haremos la misma pregunta con las dos. La
# temperatura es 0, que quiere decir: tomar siempre la palabra siguiente más probable.
#
# Antes de ejecutarlo: ¿serán iguales las tres respuestas, palabra por palabra? ¿Lo mismo con otras
# palabras? ¿O depende de la biblioteca?

# %% tags=["nbval-ignore-output"]
from selfhost.widgets.predict import predict

doors = predict(
    "Three doors, temperature 0. The answers will be ...",
    ["the same, word for word", "the same in other words", "better from one of the libraries"],
)
doors

# %% [markdown]
# The second door, `openai`. It wants a key; this server takes any.

# %% [markdown] tags=["es"] of="0b7a7c89"
# La segunda puerta, `openai`. Quiere una clave; a este servidor le vale cualquiera.

# %% tags=["nbval-ignore-output"]
from openai import OpenAI

reply = OpenAI(base_url=at.openai_url, api_key=at.api_key).chat.completions.create(
    model=at.model, messages=messages, temperature=0, max_tokens=50
)
by_openai = reply.choices[0].message.content
print(by_openai)

# %% [markdown]
# The third door, `ollama`. Its settings stand in `options`, and one has another name.

# %% [markdown] tags=["es"] of="da97a710"
# La tercera puerta, `ollama`. Sus ajustes van en `options`, y uno tiene otro nombre.

# %% tags=["nbval-ignore-output"]
import ollama

if "ollama" in at.apis:
    options = {"temperature": 0, "num_predict": 50}
    by_ollama = ollama.chat(model=at.model, messages=messages, options=options).message.content
else:
    by_ollama = None
print(by_ollama or "This server does not speak Ollama's language: the third door is closed here.")

# %% [markdown]
# Are they the same, to the letter?

# %% [markdown] tags=["es"] of="694bf153"
# ¿Son iguales, letra por letra?

# %% tags=["nbval-ignore-output"]
answers = [answer for answer in (by_curl, by_openai, by_ollama) if answer]
same = len(set(answers)) == 1
print(f"one answer through {len(answers)} doors:", same)
doors.reveal(
    "the same, word for word" if same else "the same in other words",
    {"better from one of the libraries": "A library carries the question; it does not think."},
)

# %% [markdown]
# A library adds no knowledge. It packs your question into the same HTTP request that you sent by
# hand, and the same model calculates the same thing. With temperature 0 there is no chance in the
# choice of words, so the same comes out.
#
# They *can* differ all the same, and it is worth knowing when:
#
# - **You leave settings out.** Then each door has defaults of its own, and they are not equal.
# - **There is chance in the game.** Any temperature above 0 means drawing lots for each word.
# - **The doors lead to different things**: another model under the same name, another version of
#   the server, another precision of the weights.
# - **Two words are almost equally likely**, and the hardware or the other requests that are being
#   calculated at the same time tip the scale. Then even temperature 0 may change its mind.
#
# See the second of these for yourself. The same request again, three times, with no temperature
# given, and in Spanish:

# %% [markdown] tags=["es"] of="7df52839"
# Una biblioteca no añade conocimiento. Mete tu pregunta en la misma petición HTTP que enviaste a
# mano, y el mismo modelo calcula lo mismo. Con temperatura 0 no hay azar en la elección de las
# palabras, así que sale lo mismo.
#
# Aun así *pueden* ser distintas, y conviene saber cuándo:
#
# - **No dices los ajustes.** Entonces cada puerta tiene sus valores por defecto, y no son iguales.
# - **Hay azar en juego.** Cualquier temperatura mayor que 0 significa sortear cada palabra.
# - **Las puertas llevan a cosas distintas**: otro modelo con el mismo nombre, otra versión del
#   servidor, otra precisión de los pesos.
# - **Dos palabras son casi igual de probables**, y el hardware, o las otras peticiones que se
#   calculan a la vez, inclinan la balanza. Entonces hasta con temperatura 0 puede cambiar de idea.
#
# Mira tú mismo la segunda de estas cosas. La misma petición otra vez, tres veces, sin dar
# temperatura y en español:

# %% tags=["nbval-ignore-output"]
cuento = [{"role": "user", "content": "Cuéntame un cuento."}]
client = OpenAI(base_url=at.openai_url, api_key=at.api_key)
for _ in range(3):
    told = client.chat.completions.create(model=at.model, messages=cuento, max_tokens=30)
    print("-", told.choices[0].message.content)

# %% [markdown]
# Three beginnings, from the same model, to the same words. You did not say how daring to be, so
# somebody else decided it for you. (Where one of them goes astray, or goes on in English, chance
# picked an unlikely word, and so small a model does not find back.) That will come back in this
# course, again and again.

# %% [markdown] tags=["es"] of="be33d51d"
# Tres principios, del mismo modelo, con las mismas palabras. No dijiste cuánta osadía querías, así
# que otro lo decidió por ti. (Si alguno se descarría, o sigue en inglés, el azar eligió una palabra
# improbable, y un modelo tan pequeño no encuentra el camino de vuelta.) Eso volverá en este curso,
# una y otra vez.

# %% [markdown]
# ## 5. How the course works
#
# | what you see | what to do |
# |---|---|
# | **Predict** | commit to a guess, then run the cell. The surprise is where you learn |
# | a cell with code | read it, run it; change something and run it again |
# | a picture | its content stands below it in words |
# | **Check yourself** | answer in your head, then unfold the answer |
# | a lab | your turn: fill in, and the lab checks it and gives hints |
# | a word that you do not know | look it up in the [glossary](../docs/glossary.md) |
#
# These are the lessons that are here now, in the order in which they build on each other. *Needs*
# says what a lesson wants besides this computer; what cannot run on yours says so in one line and
# does no harm.

# %% [markdown] tags=["es"] of="a588707e"
# ## 5. Cómo funciona el curso
#
# | qué ves | qué haces |
# |---|---|
# | **Predict** | apuesta por una respuesta y luego ejecuta la celda. Se aprende de la sorpresa |
# | una celda con código | léela y ejecútala; cambia algo y ejecútala otra vez |
# | una imagen | debajo está su contenido en palabras |
# | **Compruébalo** | responde mentalmente y despliega después la respuesta |
# | una práctica | te toca: rellena, y la práctica lo comprueba y te da pistas |
# | una palabra que no conoces | búscala en el [glosario](../docs/glosario.md) |
#
# Estas son las lecciones que hay ahora, en el orden en que se apoyan unas en otras. *Needs* dice qué
# necesita cada una además de este ordenador; lo que no pueda funcionar en el tuyo lo dice en una
# línea y no hace daño.

# %% tags=["nbval-ignore-output"]
from selfhost import syllabus

syllabus.table()

# %% [markdown]
# You need not be able to program. You should be able to read a line of Python with somebody
# explaining it; the text does that.

# %% [markdown] tags=["es"] of="825d79b0"
# No hace falta que sepas programar. Sí que puedas leer una línea de Python si alguien te la explica;
# de eso se encarga el texto.

# %% [markdown]
# ## 6. When you are stuck
#
# Errors in this kit are one sentence and, where it helps, the command that mends it. Let us make
# one on purpose, with a model that does not exist:

# %% [markdown] tags=["es"] of="4dd3fa12"
# ## 6. Cuando te atascas
#
# En este kit un error es una frase y, si sirve de algo, la orden que lo arregla. Provoquemos uno a
# propósito, con un modelo que no existe:

# %%
missing = client.with_options(max_retries=0)
try:
    missing.chat.completions.create(model="no-such-model", messages=messages)
except Exception as error:
    print(type(error).__name__, "- status", error.status_code)

# %% [markdown]
# *Status 404* is HTTP for “not here”: the server answers, but has no model of that name. An error
# tells you how far you got. When something goes wrong:
#
# | you see | likely | do |
# |---|---|---|
# | `NameError: name 'at' is not defined` | a cell above was not run | *Run → Run All Above Selected Cell* |
# | `[*]` beside a cell, and nothing happens | it still calculates | wait; or *Kernel → Interrupt* |
# | nothing makes sense any more | leftovers of earlier runs | *Kernel → Restart Kernel and Run All Cells* |
# | connection refused | no server answers | run the cell with `endpoint()` again |
# | status 404, model not found | a wrong name | `selfhost models list`, or `ollama list` |
# | very slow answers | too little memory or too many programs | close some; `selfhost doctor` |
# | a `KitError` | the sentence says it | what stands after *Try:* |
#
# And if all that does not help: restart the kernel, run `selfhost doctor --json`, and show its
# output to your teacher or in an issue, with the line that names your model. It is the first thing
# they will ask for.

# %% [markdown] tags=["es"] of="9bb6def7"
# *Status 404* es como HTTP dice «aquí no está»: el servidor responde, pero no tiene ningún modelo con
# ese nombre. Un error te dice hasta dónde llegaste. Cuando algo va mal:
#
# | ves | probablemente | haz |
# |---|---|---|
# | `NameError: name 'at' is not defined` | no se ejecutó una celda de más arriba | *Run → Run All Above Selected Cell* |
# | `[*]` al lado de una celda, y no pasa nada | todavía está calculando | espera; o *Kernel → Interrupt* |
# | ya nada tiene sentido | restos de ejecuciones anteriores | *Kernel → Restart Kernel and Run All Cells* |
# | connection refused | no responde ningún servidor | vuelve a ejecutar la celda con `endpoint()` |
# | status 404, model not found | un nombre equivocado | `selfhost models list`, u `ollama list` |
# | respuestas muy lentas | poca memoria o demasiados programas | cierra alguno; `selfhost doctor` |
# | un `KitError` | lo dice la frase | lo que hay después de *Try:* |
#
# Y si nada de eso ayuda: reinicia el núcleo (*kernel*), ejecuta `selfhost doctor --json`, y enseña
# lo que imprime a tu profesor o en una incidencia, junto con la línea que nombra tu modelo. Es lo
# primero que te van a pedir.

# %% [markdown]
# ## Who answered, then?
#
# A file of numbers, loaded by a program on this computer, reached at an address that leads nowhere
# else. The door did not matter, the settings did. In the next notebook we open the file.

# %% [markdown] tags=["es"] of="1b0380b5"
# ## Entonces, ¿quién respondió?
#
# Un fichero de números, cargado por un programa en este ordenador, en una dirección que no lleva a
# ninguna otra parte. La puerta no importaba; los ajustes, sí. En el cuaderno siguiente abrimos el
# fichero.

# %% [markdown]
# ## Check yourself
#
# **1.** How do you see in a notebook of this course which model answers?
#
# <details><summary>Answer</summary>
#
# By the line that it prints near its beginning: model, program, address (`at.describe()`).
#
# </details>
#
# **2.** The address of a server is `http://127.0.0.1:11434`. Who, besides you, can read your
# questions on their way?
#
# <details><summary>Answer</summary>
#
# Nobody on the network: 127.0.0.1 is this computer itself. (Other programs and the administrator
# of this computer are another matter.)
#
# </details>
#
# **3.** A colleague asks the same question through `openai`, you through `ollama`, neither of you
# gives any setting, and the answers differ. Is one of the libraries broken?
#
# <details><summary>Answer</summary>
#
# No. Without settings there is chance in the answer, and the two doors have different defaults
# besides. Set the temperature to 0 in both, and compare again.
#
# </details>
#
# **4.** A cell fails with `NameError: name 'at' is not defined`. What happened?
#
# <details><summary>Answer</summary>
#
# The cell that makes `at` was not run in this session, for example after a restart. Run the
# cells above.
#
# </details>

# %% [markdown] tags=["es"] of="c5518361"
# ## Compruébalo
#
# **1.** ¿Cómo ves en un cuaderno de este curso qué modelo responde?
#
# <details><summary>Respuesta</summary>
#
# Por la línea que imprime casi al principio: modelo, programa, dirección (`at.describe()`).
#
# </details>
#
# **2.** La dirección de un servidor es `http://127.0.0.1:11434`. ¿Quién, además de ti, puede leer tus
# preguntas por el camino?
#
# <details><summary>Respuesta</summary>
#
# Nadie en la red: 127.0.0.1 es este mismo ordenador. (Otros programas y quien administre este
# ordenador son otra cosa.)
#
# </details>
#
# **3.** Una compañera hace la misma pregunta con `openai` y tú con `ollama`, ninguno de los dos da
# ningún ajuste, y las respuestas son distintas. ¿Está estropeada una de las bibliotecas?
#
# <details><summary>Respuesta</summary>
#
# No. Sin ajustes hay azar en la respuesta, y además las dos puertas tienen valores por defecto
# distintos. Poned las dos la temperatura a 0 y comparad otra vez.
#
# </details>
#
# **4.** Una celda falla con `NameError: name 'at' is not defined`. ¿Qué ha pasado?
#
# <details><summary>Respuesta</summary>
#
# La celda que crea `at` no se ha ejecutado en esta sesión, por ejemplo después de reiniciar. Ejecuta
# las celdas de más arriba.
#
# </details>
