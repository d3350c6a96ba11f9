# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
#   kit:
#     title: Open WebUI, a chat for everybody before your own model
#     minutes: 50
#     objectives:
#       - install a chat front end beside the course, and say what it costs in time and disk
#       - tie it to an endpoint of your own so that nothing leaves the machine
#       - read in the endpoint's record what a front end really sends for one question
#       - cut four calls and 36 tools down to one call, and say which setting did what
#       - place a licence that is almost free software, by reading it
#     needs: [endpoint]
#     next: 07_jan_and_others
#     es:
#       title: Open WebUI, un chat para todos ante tu propio modelo
#       objectives:
#         - instalar junto al curso una interfaz de chat, y decir qué cuesta en tiempo y en disco
#         - atarla a un endpoint tuyo de modo que nada salga de la máquina
#         - leer en el registro del endpoint qué envía de verdad una interfaz por una sola pregunta
#         - reducir cuatro llamadas y 36 herramientas a una llamada, y decir qué hizo cada ajuste
#         - situar una licencia que es casi software libre, leyéndola
# ---

# %% [markdown]
# **You type 20 characters into a chat window. What arrives at the model?** Most people would say:
# these 20 characters. In this notebook we put a front end, Open WebUI, before our own endpoint,
# let the endpoint write down everything that it is asked, and look.
#
# Why a front end at all? Not everybody writes Python. A chat in the browser is what a colleague, a
# class or a department will use. And whoever runs it should know what it does with their words.
#
# Which model answers here?

# %% [markdown] tags=["es"] of="44360d15"
# **Escribes 20 caracteres en una ventana de chat. ¿Qué le llega al modelo?** La mayoría diría: esos 20
# caracteres. En este cuaderno ponemos una **interfaz** (*front end*), Open WebUI, ante nuestro propio
# endpoint, hacemos que el endpoint apunte todo lo que se le pregunta, y miramos.
#
# ¿Para qué una interfaz? No todo el mundo escribe Python. Un chat en el navegador es lo que usará un
# colega, una clase o un departamento. Y quien lo pone en marcha debería saber qué hace con sus
# palabras.
#
# ¿Qué modelo responde aquí?

# %% tags=["nbval-ignore-output"]
from selfhost import frontends, show
from selfhost.endpoint import endpoint
from selfhost.frontends import lesson
from selfhost.widgets.predict import predict

at = endpoint()
at.export()
print(at.describe())

# %% [markdown]
# ## 1. Who asks whom
#
# A front end is a program of its own. It holds the page, the chats and the settings, and has no
# model: for every answer it asks an endpoint, in one of the two languages of notebook 05.

# %% [markdown] tags=["es"] of="60f1a99d"
# ## 1. Quién pregunta a quién
#
# Una interfaz es un programa aparte. Tiene la página, las conversaciones y los ajustes, y no tiene
# modelo: cada respuesta se la pide a un endpoint, en una de las dos lenguas del cuaderno 05.

# %% tags=["nbval-ignore-output"]
show.picture(
    lesson.who_asks_whom(),
    "Four boxes in a row: your browser, Open WebUI (port 8080: chats and settings), the endpoint "
    "(port 11434: Ollama's and OpenAI's API), the engine llama.cpp with the weights. Words go "
    "from the browser to Open WebUI, requests from there to the endpoint, where we look.",
)

# %% [markdown]
# To look there, we need an endpoint that keeps a record. The one that all your notebooks share
# keeps none, on purpose: the record would hold everybody's questions. So this notebook starts
# another one (`python -m selfhost.server --record`), for itself alone, on a port of its own.

# %% [markdown] tags=["es"] of="cd31df8f"
# Para mirar ahí necesitamos un endpoint que lleve un registro. El que comparten todos tus cuadernos no
# lleva ninguno, a propósito: en el registro estarían las preguntas de todo el mundo. Así que este
# cuaderno arranca otro (`python -m selfhost.server --record`), solo para sí, en un puerto propio.

# %% tags=["nbval-ignore-output"]
recorder = lesson.recorder(at.model)
print(f"{recorder.model} answers at {recorder.url} and writes down what it is asked")

# %% [markdown]
# What does such a record look like? We ask something ourselves, with the client of notebook 05.

# %% [markdown] tags=["es"] of="3a9d094b"
# ¿Cómo es un registro así? Preguntamos algo nosotros, con el cliente del cuaderno 05.

# %% tags=["nbval-ignore-output"]
from ollama import Client

ours = Client(recorder.url)
question = "Why is the sky blue?"
reply = ours.chat(model=recorder.model, messages=[{"role": "user", "content": question}])
print(reply.message.content)
lesson.table(recorder.requests(), "Asked by our own line of Python")

# %% [markdown]
# One call, one message, no tools, no settings. Keep this line in mind as the measure for what a
# front end does.

# %% [markdown] tags=["es"] of="afd8c5c0"
# Una llamada, un mensaje, ninguna herramienta, ningún ajuste. Recuerda esta línea: es la medida de lo
# que hace una interfaz.

# %% [markdown]
# ## 2. Installing it
#
# Open WebUI is a Python package with about 240 others behind it. Three things to know first:
#
# - **An environment of its own.** It fixes the exact versions of most of its packages, and they
#   are not those of this course. In one environment one of the two would break.
# - **Python 3.11 or 3.12.** Its metadata allows no other (version 0.12.4, 2026-10-25).
# - **The torch trap.** It needs torch for documents and speech. On Linux, `pip install open-webui`
#   fetches torch's CUDA build with 18 packages of NVIDIA libraries: gigabytes that a chat page
#   never uses. So the kit installs torch's CPU build first, pins it, and then the rest.
#
# Why pip, if uv is five to ten times faster? Because pip obeys the settings that your university
# may have made for it (a mirror, a certificate, a folder of packages), and uv does not read them.
# It is done once.
#
# Measured on 2 busy cores, Linux, 2026-11-21: **4 min 48 s and 2.4 GB**. If the disk fills up or
# the network breaks on the way, what was there is removed again: whole or not at all.
#
# The next cell installs nothing unless you ask for it with `SELFHOST_INSTALL=1`.

# %% [markdown] tags=["es"] of="287a8777"
# ## 2. Instalarlo
#
# Open WebUI es un paquete de Python, con unos 240 más detrás. Tres cosas que conviene saber antes:
#
# - **Un entorno propio.** Fija las versiones exactas de la mayoría de sus paquetes, y no son las de
#   este curso. En un mismo entorno se rompería uno de los dos.
# - **Python 3.11 o 3.12.** Sus metadatos no permiten otro (versión 0.12.4, 2026-10-25).
# - **La trampa de torch.** Necesita torch para los documentos y la voz. En Linux, `pip install
#   open-webui` trae la versión de torch para CUDA, con 18 paquetes de bibliotecas de NVIDIA: gigabytes
#   que una página de chat no usa nunca. Por eso el kit instala primero la versión de torch para CPU, la
#   fija, y después el resto.
#
# ¿Por qué pip, si uv es entre cinco y diez veces más rápido? Porque pip obedece los ajustes que puede
# haber hecho para él tu universidad (un espejo, un certificado, una carpeta de paquetes), y uv no los
# lee. Se hace una sola vez.
#
# Medido en 2 núcleos ocupados, Linux, 2026-11-21: **4 min 48 s y 2,4 GB**. Si por el camino se llena el
# disco o se corta la red, se quita lo que ya se había puesto: o entero, o nada.
#
# La celda siguiente no instala nada si no se lo pides con `SELFHOST_INSTALL=1`.

# %% tags=["nbval-ignore-output", "install"]
import os

if os.environ.get("SELFHOST_INSTALL") == "1":
    frontends.install("open-webui", say=print)
there = frontends.installed("open-webui")
print(f"Open WebUI {there.version}, {show.size(there.bytes)}" if there else "not installed here")
print("in a terminal: selfhost frontends install open-webui")

# %% [markdown]
# ## 3. The settings
#
# Open WebUI reads some 900 names from its environment. The kit sets about twenty of them, and
# passes none of your other variables on, so that a forgotten `DATABASE_URL` of another project
# cannot redirect your chats. First: where it keeps things, and which endpoint it asks.

# %% [markdown] tags=["es"] of="a27eba13"
# ## 3. Los ajustes
#
# Open WebUI lee de su entorno unos 900 nombres. El kit fija unos veinte, y no le pasa ninguna otra de
# tus variables, para que un `DATABASE_URL` olvidado de otro proyecto no pueda desviar tus
# conversaciones. Primero: dónde guarda las cosas, y a qué endpoint pregunta. (*value*: el valor; *why*:
# por qué.)

# %% tags=["nbval-ignore-output"]
lesson.settings_table(recorder, ["state", "door"])

# %% [markdown]
# `ENABLE_PERSISTENT_CONFIG` is the one that confuses people most. Left alone, Open WebUI reads
# these variables at its *first* start, writes them to its database and from then on believes the
# database: you change a variable, start again, and nothing happens.
#
# Next: what keeps it from asking the internet, and who may use it.

# %% [markdown] tags=["es"] of="3eeb8727"
# `ENABLE_PERSISTENT_CONFIG` es el que más confunde. Si no se toca, Open WebUI lee estas variables en su
# *primer* arranque, las escribe en su base de datos y desde entonces cree a la base de datos: cambias
# una variable, arrancas otra vez, y no pasa nada.
#
# Después: qué le impide preguntar a internet, y quién puede usarlo.

# %% tags=["nbval-ignore-output"]
lesson.settings_table(recorder, ["offline", "people"])

# %% [markdown]
# With these, a test of this kit watches every request of the page and finds none that leaves the
# machine. (Chats, that is. Documents and speech, for which Open WebUI has many more settings, were
# not tried in this course.)
#
# Look twice at the last two lines, since they belong together. Without a login, whoever reaches
# Open WebUI is you. Who reaches it? `open-webui serve` listens on **all** addresses (`0.0.0.0`)
# unless told otherwise: the whole room; so the kit starts it with `--host 127.0.0.1`. And pages of
# *other* sites, in your own browser: by default any of them may ask it, and read the answer. So
# the kit names the one page that may. (Notebook 07 shows how such a rule works, and whom it
# surprises.)
#
# The last two kinds are the lesson of section 5:

# %% [markdown] tags=["es"] of="896c8a95"
# Con estos, una prueba de este kit vigila cada petición de la página y no encuentra ninguna que salga
# de la máquina. (Eso vale para las conversaciones. Los documentos y la voz, para los que Open WebUI
# tiene muchos más ajustes, no se probaron en este curso.)
#
# Mira dos veces las dos últimas líneas, porque van juntas. Sin inicio de sesión, quien alcance Open
# WebUI eres tú. ¿Quién lo alcanza? `open-webui serve` escucha en **todas** las direcciones (`0.0.0.0`)
# si no se le dice otra cosa: el aula entera; por eso el kit lo arranca con `--host 127.0.0.1`. Y las
# páginas de *otros* sitios, en tu propio navegador: por defecto, cualquiera de ellas puede preguntarle,
# y leer la respuesta. Por eso el kit nombra la única página que puede. (El cuaderno 07 enseña cómo
# funciona una regla así, y a quién sorprende.)
#
# Las dos últimas clases son el tema de la sección 5:

# %%
lesson.settings_table(recorder, ["tools", "calls"])

# %% [markdown]
# ## 4. Starting it, and a first chat
#
# In a terminal you would type `selfhost frontends start open-webui`: it finds or starts your
# endpoint, starts Open WebUI before it on port 8080 (or another free one), and says where it is.
# Here we start it before the recording endpoint, with an empty state that is thrown away at the
# end. It loads torch and many modules: about a minute.

# %% [markdown] tags=["es"] of="8ed5a972"
# ## 4. Arrancarlo, y una primera conversación
#
# En un terminal escribirías `selfhost frontends start open-webui`: encuentra o arranca tu endpoint,
# arranca ante él Open WebUI en el puerto 8080 (o en otro libre), y dice dónde está. Aquí lo arrancamos
# ante el endpoint que lleva el registro, con un estado vacío que se tira al final. Carga torch y muchos
# módulos: más o menos un minuto.

# %% tags=["nbval-ignore-output"]
webui = lesson.WebUI(recorder)

# %% [markdown]
# You now have a page to chat in, if it was installed. Before you (or the next cell, in a browser
# without a window) ask: how many requests does **one** question cause? Think of Open WebUI *as it
# comes*, before the kit's settings, and of a model that answers all of them.

# %% [markdown] tags=["es"] of="95fd454c"
# Ahora tienes una página para conversar, si se instaló. Antes de que preguntes tú (o la celda
# siguiente, en un navegador sin ventana): ¿cuántas peticiones provoca **una** pregunta? Piensa en Open
# WebUI *tal como viene*, antes de los ajustes del kit, y en un modelo que las responde todas.

# %% tags=["nbval-ignore-output"]
how_many = predict(
    "How many answers is the model asked for when you ask one question?",
    ["one", "two", "four", "one for each word"],
)
how_many

# %% [markdown]
# And how large is the request that carries your 20 characters?

# %% [markdown] tags=["es"] of="3c0b0a28"
# ¿Y de qué tamaño es la petición que lleva tus 20 caracteres?

# %% tags=["nbval-ignore-output"]
how_large = predict(
    "How many bytes has the request with your 20 characters, as Open WebUI comes?",
    ["about 100", "about 1 000", "about 25 000"],
)
how_large

# %% [markdown]
# Two questions in the page, with the kit's settings. (If there is a browser here that a program
# can drive, the cell asks; the picture is then a fresh one. Otherwise it is a recorded one, and
# says from when.)

# %% [markdown] tags=["es"] of="1e73f78e"
# Dos preguntas en la página, con los ajustes del kit. (Si aquí hay un navegador que un programa pueda
# manejar, pregunta la celda, y la imagen es de ahora. Si no, es una grabada, y dice de cuándo.)

# %% tags=["nbval-ignore-output"]
recorder.clear()
told = webui.ask(question, "And at sunset?")
lesson.look(told)

# %% [markdown]
# Now the endpoint's side of it. Compare the two calls: what does the second question bring along?

# %% [markdown] tags=["es"] of="aa70c118"
# Ahora, lo que vio el endpoint. Compara las dos llamadas: ¿qué trae consigo la segunda pregunta?

# %% tags=["nbval-ignore-output"]
seen = lesson.seen()
fresh = recorder.requests()
print("asked a moment ago" if told else seen.words())
lesson.table(fresh if told else seen.requests["lean"], "With the kit's settings")

# %% [markdown]
# With the kit's settings each question is one call. A second question carries the first one and
# its answer along (3 messages): the model has no memory, the front end sends the whole chat again
# each time. The browser does not appear at all: it is Open WebUI's *server* that asks (its user
# agent is Python's `aiohttp`), so the origin rules of notebook 07 play no role here.

# %% [markdown] tags=["es"] of="3f19f19d"
# Con los ajustes del kit, cada pregunta es una llamada. La segunda pregunta lleva consigo la primera y
# su respuesta (3 mensajes): el modelo no tiene memoria, y la interfaz envía cada vez la conversación
# entera. El navegador no aparece: quien pregunta es el *servidor* de Open WebUI (se presenta como
# `aiohttp`, de Python), así que las reglas sobre el origen del cuaderno 07 no cuentan aquí.

# %% [markdown]
# ## 5. As it comes
#
# The same question, in three states: as Open WebUI comes; without its tools; with the kit's
# settings. This was recorded, since each state needs a start of its own:

# %% [markdown] tags=["es"] of="4471e350"
# ## 5. Tal como viene
#
# La misma pregunta, en tres estados: Open WebUI tal como viene; sin sus herramientas; con los ajustes
# del kit. Esto está grabado, porque cada estado pide un arranque propio:

# %%
print(seen.words())
lesson.table(seen.requests["plain"], "As it comes")

# %% [markdown]
# What did the person see?

# %% [markdown] tags=["es"] of="4908e61e"
# ¿Qué vio la persona?

# %%
print("in the page:", seen.answers["plain"])
large = next(row for row in frontends.rows(seen.requests["plain"]) if row[1] == "your question")
display(how_large.reveal("about 25 000", {"about 100": "Your words are 20 of them."}))
print(f"{large[5]} bytes: {large[4]} tools are described to the model with every question")

# %% [markdown]
# A refusal! As it comes, Open WebUI describes its tools to every model: searching, notes, memory,
# a calendar. A model that was not trained to call tools has no place for them in its template, and
# the endpoint says so, as Ollama does. (With a model that takes tools, the description alone
# is some 6 000 tokens, at four bytes a token: more than the 4 096 that Ollama reads by default on
# a small machine, so that your own question may be what is cut off.) Which tools are these?

# %% [markdown] tags=["es"] of="bd935014"
# ¡Un rechazo! Tal como viene, Open WebUI describe sus herramientas a todos los modelos: buscar, notas,
# memoria, un calendario. Un modelo que no se entrenó para llamar a herramientas no tiene sitio para
# ellas en su plantilla, y el endpoint lo dice, como lo dice Ollama. (Con un modelo que las admite, solo
# la descripción son unos 6000 tokens, a cuatro bytes por token: más de los 4096 que lee Ollama por
# defecto en una máquina pequeña, así que lo que se corta puede ser tu propia pregunta.) ¿Qué
# herramientas son?

# %%
from selfhost.frontends.sent import tool_names

asked = next(r for r in seen.requests["plain"] if frontends.purpose(r) == "your question")
names = tool_names(asked)
print(len(names), "tools:", ", ".join(names))

# %% [markdown]
# One setting, `DEFAULT_MODEL_METADATA`, leaves the tools out. Then the model answers, and the
# rest of the calls becomes visible:

# %% [markdown] tags=["es"] of="4a93f81c"
# Un ajuste, `DEFAULT_MODEL_METADATA`, deja fuera las herramientas. Entonces el modelo responde, y se ve
# el resto de las llamadas:

# %%
lesson.table(seen.requests["without tools"], "Without tools")

# %% [markdown]
# Count the answers that were asked for, and compare with your guess.

# %% [markdown] tags=["es"] of="dc1d6a8c"
# Cuenta las respuestas que se pidieron, y compara con tu apuesta.

# %%
how_many.reveal("four", {"one": "Look at what else is asked, before and after your question.",
                         "two": "That is what you see while the tools are refused."})

# %% [markdown]
# Besides your question: a title for the list of chats (asked *before* your answer is written), the
# next questions that you might have, and topics. With a large model on a GPU that is comfort. With
# one small model on a laptop it is three more answers to wait for, each for an instruction of some
# hundred words that a small model hardly follows. All of it in one picture:

# %% [markdown] tags=["es"] of="4d58c7ca"
# Además de tu pregunta: un título para la lista de conversaciones (se pide *antes* de que se escriba tu
# respuesta), las siguientes preguntas que podrías hacer, y los temas. Con un modelo grande en una GPU
# es comodidad. Con un solo modelo pequeño en un portátil son tres respuestas más que esperar, cada una
# a una instrucción de unos cientos de palabras que un modelo pequeño apenas sigue. Todo en una imagen:

# %% tags=["nbval-ignore-output"]
states = {"plain": "as it comes (refused)", "lean": "with the kit's settings"}
show.picture(
    lesson.cost(seen.requests),
    "Bytes sent for one question of 20 characters, and in how many calls. " + "; ".join(
        f"{states.get(name, name)}: {show.size(sum(s for _, s in lesson.calls(rows)))}"
        f" in {len(lesson.calls(rows))}"
        for name, rows in seen.requests.items()
    ) + ".",
)

# %% [markdown]
# Four calls became one, and 25 kilobytes a hundred bytes. On a server for thirty students this is
# the difference between a room that waits and one that does not. And it is a decision that
# somebody takes *for* you in every front end: whoever runs it should know where to look.

# %% [markdown] tags=["es"] of="664100a7"
# Cuatro llamadas se han quedado en una, y 25 kilobytes en cien bytes. En un servidor para treinta
# estudiantes es la diferencia entre un aula que espera y una que no. Y es una decisión que en cada
# interfaz alguien toma *por* ti: quien la pone en marcha debería saber dónde mirar.

# %% [markdown]
# ## 6. When things go wrong
#
# **The stop button.** A person presses *Stop*: does the server stop as well, or does it write on
# for nobody? In the front end it is one click; for the endpoint it is a client that hangs up. We do
# the same: start a long answer, read a little, leave.

# %% [markdown] tags=["es"] of="f3978eed"
# ## 6. Cuando algo va mal
#
# **El botón de parar.** Alguien pulsa *Stop*: ¿para también el servidor, o sigue escribiendo para
# nadie? En la interfaz es un clic; para el endpoint es un cliente que cuelga. Hacemos lo mismo: empezar
# una respuesta larga, leer un poco, irse.

# %% tags=["nbval-ignore-output"]
recorder.clear()
endless = {"type": "array", "items": {"type": "string"}, "minItems": 1500}
stream = ours.chat(model=recorder.model, stream=True, format=endless,
                   messages=[{"role": "user", "content": "Tell me a story."}])
for _, piece in zip(range(3), stream):
    print(repr(piece.message.content), "· answers being written:", recorder.active())
stream.close()  # the client hangs up

# %% [markdown]
# And on the server?

# %% [markdown] tags=["es"] of="ca9ecb33"
# ¿Y en el servidor? (*answers being written*: respuestas que se están escribiendo.)

# %% tags=["nbval-ignore-output"]
import time

time.sleep(1)
print("answers being written:", recorder.active())
lesson.table(recorder.requests(), "After the client has left")

# %% [markdown]
# *Cut off*, and nothing is being written any more: the slot is free for the next student. (Ollama
# does the same. A server that does not would burn your processor for every impatient click.)
#
# **What else can break**, and what Open WebUI then shows, as `make check-frontends` sees it:
#
# | what happens | what the page says | afterwards |
# |---|---|---|
# | the endpoint is down | “Cannot connect to host …” in place of the answer | comes back: the next question is answered, without loading the page again |
# | the browser is offline | “Connection lost. Reconnecting…”, “Failed to fetch” | comes back: load the page, ask again |
# | a wrong key (OpenAI's language) | an empty list of models, and no reason | start it with the right key |
# | port 8080 is taken | – | the kit takes a free one; a port that you asked for is refused with a sentence |
# | the disk fills up during installation | – | nothing half-installed stays |
#
# An empty list of models is worth remembering: it means “the endpoint did not answer, or not with
# 200”, and the reason stands in the endpoint's record, or in Open WebUI's log.

# %% [markdown] tags=["es"] of="e9e8c5f6"
# *Cut off*: cortada; y ya no se escribe nada: la ranura queda libre para el siguiente estudiante.
# (Ollama hace lo mismo. Un servidor que no lo hiciera quemaría tu procesador por cada clic impaciente.)
#
# **Qué más puede romperse**, y qué enseña entonces Open WebUI, tal como lo ve `make check-frontends`:
#
# | qué pasa | qué dice la página | después |
# |---|---|---|
# | el endpoint no está en marcha | «Cannot connect to host …» en lugar de la respuesta | se recupera: la pregunta siguiente recibe respuesta, sin volver a cargar la página |
# | el navegador no tiene conexión | «Connection lost. Reconnecting…», «Failed to fetch» | se recupera: carga la página, pregunta otra vez |
# | una clave equivocada (lengua de OpenAI) | una lista de modelos vacía, y ninguna razón | arráncalo con la clave buena |
# | el puerto 8080 está ocupado | – | el kit toma uno libre; si pediste un puerto, lo rechaza con una frase |
# | se llena el disco durante la instalación | – | no queda nada a medio instalar |
#
# Vale la pena recordar la lista de modelos vacía: quiere decir «el endpoint no respondió, o no con un
# 200», y la razón está en el registro del endpoint, o en el de Open WebUI.

# %% [markdown]
# ## 7. Is it open?
#
# Its page is called *open*. The file that decides is the licence in the package. We read it where
# it was installed, and let the rules of notebook 02 place it.

# %% [markdown] tags=["es"] of="798950aa"
# ## 7. ¿Es abierto?
#
# En su página se llama *open*, abierto. El fichero que decide es la licencia que va en el paquete. La
# leemos donde se instaló, y dejamos que la sitúen las reglas del cuaderno 02.

# %% tags=["nbval-ignore-output"]
from selfhost.openness.licence_text import identify
from selfhost.openness.licences import terms

text = lesson.licence_text()
match = identify(text) if text else None
licence = match.licence if match else frontends.catalogue()["open-webui"].licence
print("read in the installed package:", match.how if match else "(not installed) see the catalogue")
granted = terms(licence)
print(f"{granted.name}\nopen source or free software: {granted.open}\n{granted.because}")
print(f"use: {granted.use} · modify: {granted.modify} · share: {granted.share}")

# %% [markdown]
# Guess first: which sentence makes a text of three well-known paragraphs *not* open source?

# %% [markdown] tags=["es"] of="8462941a"
# Primero apuesta: ¿qué frase hace que un texto de tres párrafos bien conocidos *no* sea de código
# abierto? (A elegir: prohíbe el uso comercial; prohíbe quitar el nombre y el logotipo, a los grupos
# grandes; prohíbe leer el código.)

# %% tags=["nbval-ignore-output"]
clause = predict(
    "Why is this licence not open source?",
    ["it forbids commercial use", "it forbids taking the name and logo away, for larger groups",
     "it forbids reading the source"],
)
clause

# %% [markdown]
# The first three clauses are the BSD licence, word by word: as free as it gets. Here is the
# fourth (read in the package of 0.12.4, 2026-11-21), if you have it:

# %% [markdown] tags=["es"] of="2308f385"
# Las tres primeras cláusulas son la licencia BSD, palabra por palabra: más libre no puede ser. Aquí
# está la cuarta (leída en el paquete de la 0.12.4, 2026-11-21), si lo tienes. Dice que, por encima de
# 50 personas en 30 días, nadie puede quitar ni cambiar el nombre ni el logotipo, salvo con un permiso
# por escrito o una licencia de empresa que lo permita:

# %% tags=["nbval-ignore-output"]
if text:
    start = text.index("4. Notwithstanding")
    print(text[start : text.index("Materials governed")].strip())
else:
    print("In short: above 50 people in 30 days nobody may remove or change the name and the logo,"
          "\nunless they buy a licence that allows it. In full: https://docs.openwebui.com/license")
clause.reveal("it forbids taking the name and logo away, for larger groups",
              {"it forbids commercial use": "It allows that."})

# %% [markdown]
# So this is **almost** free software. You may use it for anything, read it, change it, pass it on,
# for money too. What you may not do, for more than 50 people: take the name off. To free software
# belongs the right to publish a changed version *as one's own*, and to the Open Source Definition
# that a licence treats all fields and groups alike; a limit of 50 users does neither. Is that bad?
# That depends on what you need it for:
#
# - *A class of 30:* below the limit, nothing changes for you.
# - *A university of 5 000:* you may run it, with its name on it. You may not turn it into “UniChat”.
# - *Your own product on top of it:* you need another front end, or their permission.
#
# It was not always so: the package's `LICENSE_HISTORY` says that its first code came under the MIT
# licence, later code under BSD-3, and only what came after that under this one. What was published
# free stays free; what comes next is its makers' decision. Notebook 07 shows alternatives, some of
# them wholly free.

# %% [markdown] tags=["es"] of="1c792740"
# Así que esto es **casi** software libre. Puedes usarlo para lo que quieras, leerlo, cambiarlo,
# pasarlo, también por dinero. Lo que no puedes, para más de 50 personas: quitarle el nombre. El
# software libre incluye el derecho a publicar *como propia* una versión cambiada, y la definición de
# código abierto (*Open Source Definition*) pide que una licencia trate igual a todos los campos y a
# todos los grupos; un límite de 50 usuarios no cumple ni lo uno ni lo otro. ¿Es malo? Depende de para
# qué lo necesites:
#
# - *Una clase de 30:* por debajo del límite, para ti no cambia nada.
# - *Una universidad de 5000:* puedes ponerlo en marcha, con su nombre puesto. No puedes convertirlo en
#   «UniChat».
# - *Un producto tuyo sobre él:* necesitas otra interfaz, o su permiso.
#
# No siempre fue así: el `LICENSE_HISTORY` del paquete dice que su primer código salió con la licencia
# MIT, el posterior con BSD-3, y solo lo que vino después con esta. Lo que se publicó libre sigue libre;
# lo que venga lo deciden quienes lo hacen. El cuaderno 07 enseña alternativas, algunas del todo libres.

# %% [markdown]
# ## 8. For a class
#
# What would you change for thirty students on one server?
#
# - `WEBUI_AUTH=True`: everybody has an account; the first one to register administers it.
# - `--host 0.0.0.0` behind HTTPS, with that address in `CORS_ALLOW_ORIGIN`, and the endpoint still
#   on 127.0.0.1: only Open WebUI asks it.
# - The `calls` settings as above: 30 people × 4 calls is a queue.
# - Tell people that the administrator *can* read chats: they lie in one SQLite file,
#   `webui.db`. Self-hosted means that the data is yours; it does not mean that it is nobody's.
#
# We stop what we started. In a terminal: `selfhost frontends stop open-webui`; the chats stay in
# its folder (`selfhost frontends status` says where), and `selfhost frontends remove open-webui`
# deletes the program.

# %% [markdown] tags=["es"] of="af6a51bf"
# ## 8. Para una clase
#
# ¿Qué cambiarías para treinta estudiantes en un solo servidor?
#
# - `WEBUI_AUTH=True`: todo el mundo tiene una cuenta; la primera persona que se registra lo administra.
# - `--host 0.0.0.0` detrás de HTTPS, con esa dirección en `CORS_ALLOW_ORIGIN`, y el endpoint como hasta
#   ahora en 127.0.0.1: solo le pregunta Open WebUI.
# - Los ajustes `calls` como arriba: 30 personas × 4 llamadas son una cola.
# - Di a la gente que quien lo administra *puede* leer las conversaciones: están en un solo fichero
#   SQLite, `webui.db`. Autoalojado quiere decir que los datos son tuyos; no quiere decir que no sean de
#   nadie.
#
# Paramos lo que arrancamos. En un terminal: `selfhost frontends stop open-webui`; las conversaciones se
# quedan en su carpeta (`selfhost frontends status` dice dónde), y `selfhost frontends remove
# open-webui` borra el programa.

# %% tags=["nbval-ignore-output"]
webui.close()
recorder.close()
print("stopped")

# %% [markdown]
# ## Check yourself
#
# **1.** You changed `OLLAMA_BASE_URL` and started Open WebUI again; it still asks the old address.
# What happened?
#
# <details><summary>Answer</summary>
#
# It believes its database, which remembers the first start. Set
# `ENABLE_PERSISTENT_CONFIG=False`, or change the address in its admin settings.
#
# </details>
#
# **2.** A colleague's small model answers in Python, but in Open WebUI only “does not support
# tools” appears. What is going on, and what is the mend?
#
# <details><summary>Answer</summary>
#
# Open WebUI describes its 36 tools with every question, and the model has none in its template.
# Turn them off: `DEFAULT_MODEL_METADATA='{"capabilities": {"builtin_tools": false}}'`, or in the
# model's settings in the admin panel.
#
# </details>
#
# **3.** Why are answers slow for a class of thirty although each of them asks only now and then?
#
# <details><summary>Answer</summary>
#
# For example: each question is four calls (title, answer, next questions, topics), and the whole
# chat is sent again each time. Turn the three off, and look at the endpoint's record.
#
# </details>
#
# **4.** “Open WebUI is open source; it is on GitHub.” One sentence, please.
#
# <details><summary>Answer</summary>
#
# For example: “The source can be read and used freely, but clause 4 of its licence forbids larger
# groups to change its name and logo, so by the Open Source Definition it is not open source.”
#
# </details>
#
# **5.** The list of models is empty. Where do you look?
#
# <details><summary>Answer</summary>
#
# At the endpoint: does `curl …/v1/models` (or `/api/tags`) answer, with 200, with this key? Then at
# Open WebUI's log (`selfhost frontends status --json` says where it lies).
#
# </details>

# %% [markdown] tags=["es"] of="3d4cdeb2"
# ## Compruébalo
#
# **1.** Cambiaste `OLLAMA_BASE_URL` y arrancaste otra vez Open WebUI; sigue preguntando a la dirección
# antigua. ¿Qué ha pasado?
#
# <details><summary>Respuesta</summary>
#
# Cree a su base de datos, que recuerda el primer arranque. Pon `ENABLE_PERSISTENT_CONFIG=False`, o
# cambia la dirección en sus ajustes de administración.
#
# </details>
#
# **2.** El modelo pequeño de un colega responde en Python, pero en Open WebUI solo aparece «does not
# support tools». ¿Qué pasa, y cómo se arregla?
#
# <details><summary>Respuesta</summary>
#
# Open WebUI describe sus 36 herramientas con cada pregunta, y el modelo no tiene ninguna en su
# plantilla. Quítalas: `DEFAULT_MODEL_METADATA='{"capabilities": {"builtin_tools": false}}'`, o en los
# ajustes del modelo, en el panel de administración.
#
# </details>
#
# **3.** ¿Por qué son lentas las respuestas para una clase de treinta, si cada cual pregunta solo de vez
# en cuando?
#
# <details><summary>Respuesta</summary>
#
# Por ejemplo: cada pregunta son cuatro llamadas (título, respuesta, preguntas siguientes, temas), y
# cada vez se envía otra vez la conversación entera. Apaga las otras tres, y mira el registro del
# endpoint.
#
# </details>
#
# **4.** «Open WebUI es de código abierto; está en GitHub». Responde con una frase.
#
# <details><summary>Respuesta</summary>
#
# Por ejemplo: «El código se puede leer y usar libremente, pero la cláusula 4 de su licencia prohíbe a
# los grupos grandes cambiar su nombre y su logotipo, así que, según la Open Source Definition, no es de
# código abierto».
#
# </details>
#
# **5.** La lista de modelos está vacía. ¿Dónde miras?
#
# <details><summary>Respuesta</summary>
#
# En el endpoint: ¿responde `curl …/v1/models` (o `/api/tags`), con un 200, con esta clave? Después, en
# el registro de Open WebUI (`selfhost frontends status --json` dice dónde está).
#
# </details>
