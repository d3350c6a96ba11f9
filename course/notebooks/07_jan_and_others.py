# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
#   kit:
#     title: Jan and the other front ends
#     minutes: 35
#     objectives:
#       - chat in a page that needs no installation, llama.cpp's own
#       - tie Jan, or any other desktop program, to an endpoint of your own
#       - explain why a program is answered with 403 while curl works, and mend it
#       - use a desktop program's own server as the endpoint of this course
#       - choose a front end for a person, a class or a product, with reasons and licences
#     needs: [endpoint]
#     next: 08_inference_engines
#     es:
#       title: Jan y las demás interfaces
#       objectives:
#         - conversar en una página que no pide ninguna instalación, la del propio llama.cpp
#         - atar Jan, o cualquier otro programa de escritorio, a un endpoint tuyo
#         - explicar por qué un programa recibe un 403 mientras curl funciona, y arreglarlo
#         - usar el servidor de un programa de escritorio como endpoint de este curso
#         - elegir una interfaz para una persona, una clase o un producto, con razones y licencias
# ---

# %% [markdown]
# **Which program do you give to whom, and will it talk to your endpoint?** Notebook 06 took one
# front end apart. There are many, and they fall into a few kinds. You will use one that is already
# on your computer, play a second one's part so that you see what it needs, and compare them all.

# %% [markdown] tags=["es"] of="ce1fc347"
# **¿Qué programa le das a quién, y se entenderá con tu endpoint?** El cuaderno 06 desmontó una interfaz
# (*front end*). Hay muchas, y son de unas pocas clases. Usarás una que ya está en tu ordenador, harás
# el papel de otra para ver qué necesita, y las compararás todas.

# %% tags=["nbval-ignore-output"]
from selfhost import frontends, show
from selfhost.endpoint import endpoint
from selfhost.frontends import jan, lesson
from selfhost.widgets.predict import predict

at = endpoint()
at.export()
print(at.describe())

# %% [markdown]
# ## 1. Two questions sort them all
#
# **Where does it run?** As a page that your browser shows, served by some server; or as a desktop
# program. **Whose models does it use?** Somebody's endpoint (a *client*), or its own (then it is
# often a *server* for others as well). The licences come from the rules of notebook 02.

# %% [markdown] tags=["es"] of="58dc2f0c"
# ## 1. Dos preguntas las ordenan todas
#
# **¿Dónde se ejecuta?** Como una página que muestra tu navegador y que sirve algún servidor, o como un
# programa de escritorio. **¿De quién son los modelos que usa?** De un endpoint ajeno (es un *cliente*),
# o suyos (entonces suele ser también un *servidor* para otros). Las licencias se juzgan con las reglas
# del cuaderno 02. (En la tabla, *uses your endpoint*: usa tu endpoint; *has its own models; serves
# them*: tiene modelos propios y los sirve; *both*: las dos cosas; *belongs to its server*: va con su
# servidor.)

# %% tags=["nbval-ignore-output"]
from selfhost.openness.licences import terms

known = frontends.catalogue()
ways = {"client": "uses your endpoint", "server": "has its own models; serves them",
        "both": "both", "itself": "belongs to its server"}
show.table(
    [(f.name, f.form, ways[f.way], f.licence.removeprefix("LicenseRef-"),
      "open" if terms(f.licence).open else "not open") for f in known.values()],
    ["front end", "what it is", "whose models", "licence", "is that open?"],
)

# %% [markdown]
# ## 2. The one that you have already: llama.cpp's own page
#
# llama.cpp's server carries a chat page inside. The kit's engine, `xllamacpp`, is that server as a
# Python package, so the page is on your computer without any installation. (The kit's endpoint
# leaves it out; `selfhost frontends start llama.cpp` shows it, for one model, on a port of its
# own.) It is a page for one person who wants to see and set everything: tokens, speed, samplers.

# %% [markdown] tags=["es"] of="2cfe20c4"
# ## 2. La que ya tienes: la página del propio llama.cpp
#
# El servidor de llama.cpp lleva dentro una página para conversar. El motor del kit, `xllamacpp`, es ese
# servidor en forma de paquete de Python, así que la página está en tu ordenador sin instalar nada. (El
# endpoint del kit la deja fuera; `selfhost frontends start llama.cpp` la muestra, para un solo modelo,
# en un puerto propio.) Es una página para una persona que quiere verlo y ajustarlo todo: tokens,
# velocidad, maneras de elegir el token siguiente.

# %% tags=["nbval-ignore-output"]
page = lesson.LlamaPage(at.model)

# %% [markdown]
# Ask in it yourself, or let a browser without a window ask, if there is one here:

# %% [markdown] tags=["es"] of="51238f8e"
# Pregunta tú en ella, o deja que pregunte un navegador sin ventana, si aquí hay uno:

# %% tags=["nbval-ignore-output"]
told = page.ask("Why is the sky blue?")
if told:
    lesson.photograph(told["picture"], f"llama.cpp's own page: a question to {told['model']}, its "
                      f"answer below it, with its tokens, seconds and speed: {told['answers'][0]}")

# %% [markdown]
# Where are the chats kept? Not on the server: in *this browser*, on this computer. That is good
# for privacy, and it means that another browser shows an empty list. And whose language does it
# speak? OpenAI's, to the server that it came from and to no other: it has no field for an address.

# %% [markdown] tags=["es"] of="4ac75e01"
# ¿Dónde se guardan las conversaciones? No en el servidor: en *este navegador*, en este ordenador. Es
# bueno para la privacidad, y quiere decir que otro navegador enseña una lista vacía. ¿Y qué lengua
# habla? La de OpenAI, con el servidor del que vino y con ningún otro: no tiene ningún campo para una
# dirección.

# %% tags=["nbval-ignore-output"]
page.close()

# %% [markdown]
# ## 3. Jan, a desktop program
#
# Jan (Apache 2.0, version 0.8.6 of 2026-10-09) downloads and runs models by itself, with
# llama.cpp, and can use an endpoint instead. It needs a desktop; we have none to show here.
#
# **Installing it.** From [jan.ai/download](https://jan.ai/download): a program for Windows and
# macOS; for Debian and Ubuntu a package:
#
# ```bash
# sudo apt-get install ./jan-linux-amd64-VERSION.deb      # the file that you downloaded
# Jan-Desktop                                             # before 0.8.5: Jan
# ```
#
# Is it here?

# %% [markdown] tags=["es"] of="f46ed642"
# ## 3. Jan, un programa de escritorio
#
# Jan (Apache 2.0, versión 0.8.6 del 2026-10-09) descarga y ejecuta modelos por sí mismo, con llama.cpp,
# y en su lugar puede usar un endpoint. Necesita un escritorio; aquí no tenemos ninguno que enseñar.
#
# **Instalarlo.** Desde [jan.ai/download](https://jan.ai/download): un programa para Windows y macOS;
# para Debian y Ubuntu, un paquete:
#
# ```bash
# sudo apt-get install ./jan-linux-amd64-VERSION.deb      # el fichero que descargaste
# Jan-Desktop                                             # antes de 0.8.5: Jan
# ```
#
# ¿Está aquí?

# %% tags=["nbval-ignore-output"]
import os
import shutil

program = shutil.which("Jan-Desktop") or shutil.which("Jan")
package = os.environ.get("SELFHOST_JAN_DEB")
print("Jan is installed" if program else "Jan is not on this computer")
print(f"its package: {package}" if package else "no package was given (SELFHOST_JAN_DEB)")

# %% [markdown]
# **Tying it to your endpoint.** With the addresses of your endpoint, the recipe is:

# %% [markdown] tags=["es"] of="441d3ca7"
# **Atarlo a tu endpoint.** Con las direcciones de tu endpoint, la receta es esta:

# %% tags=["nbval-ignore-output"]
for number, step in enumerate(frontends.recipe("jan", url=at.url, model=at.model), 1):
    print(f"{number}. {step}")

# %% [markdown]
# The two classic slips: the address without `/v1` (then every request is a 404), and an empty key.
# Jan wants one, although your endpoint asks for none.

# %% [markdown] tags=["es"] of="4d1d2cb0"
# Los dos tropiezos clásicos: la dirección sin `/v1` (entonces cada petición es un 404), y una clave
# vacía. Jan quiere una, aunque tu endpoint no pida ninguna.

# %% [markdown]
# ## 4. What Jan sends
#
# We cannot run Jan here. But its source is open, so anybody can read what it sends, and send the
# same. That is a useful habit: **a front end is the sum of its requests.** First, something that
# surprises everybody once. `curl` works, your Python works, Jan says *403 Forbidden*. Why?
#
# Jan's window is a web page inside a program. Like every page it says with each request where it
# comes from, in the header `Origin`. A server may refuse strange origins, to protect you: otherwise
# any page that you visit could use the model on your computer. Three origins of Jan have been seen:

# %% [markdown] tags=["es"] of="7ac524cc"
# ## 4. Qué envía Jan
#
# Aquí no podemos ejecutar Jan. Pero su código es abierto, así que cualquiera puede leer qué envía, y
# enviar lo mismo. Es una costumbre útil: **una interfaz es la suma de sus peticiones.** Primero, algo
# que sorprende una vez a todo el mundo. `curl` funciona, tu Python funciona, y Jan dice *403
# Forbidden*. ¿Por qué?
#
# La ventana de Jan es una página web dentro de un programa. Como todas las páginas, dice en cada
# petición de dónde viene, en la cabecera `Origin`, el **origen**. Un servidor puede rechazar orígenes
# extraños, para protegerte: si no, cualquier página que visites podría usar el modelo de tu ordenador.
# Se han visto tres orígenes de Jan:

# %% tags=["nbval-ignore-output"]
show.table(jan.ORIGINS.items(), ["Origin", "where"])

# %% [markdown]
# Ollama lets pages of this computer in, and programs of the kinds `app://`, `file://`, `tauri://`
# and `vscode-webview://` (its source of 2026-08-21). How many of Jan's three does it let in?

# %% [markdown] tags=["es"] of="e0bb80c4"
# Ollama deja entrar a las páginas de este ordenador, y a los programas de las clases `app://`,
# `file://`, `tauri://` y `vscode-webview://` (su código del 2026-08-21). ¿A cuántos de los tres de Jan
# deja entrar?

# %% tags=["nbval-ignore-output"]
allowed = predict("How many of Jan's three origins does Ollama let in by default?",
                  ["none", "one", "two", "all three"])
allowed

# %% [markdown]
# The kit has that rule as a small function; ask it.

# %% [markdown] tags=["es"] of="85a0ffec"
# El kit tiene esa regla como una función pequeña; pregúntale. (*let in*: lo deja entrar.)

# %%
for origin in jan.ORIGINS:
    print(f"{origin:24}", "let in" if jan.ollama_allows(origin) else "403 Forbidden")
inside = sum(jan.ollama_allows(origin) for origin in jan.ORIGINS)
allowed.reveal(["none", "one", "two", "all three"][inside],
               {"all three": "`http://tauri.localhost` looks like a page from elsewhere."})

# %% [markdown]
# On Windows Jan's page is `http://tauri.localhost`, and in some versions the page has no address at
# all, which is sent as the word `null`. Both are reported: janhq/jan issues
# [8131](https://github.com/janhq/jan/issues/8131) and
# [8792](https://github.com/janhq/jan/issues/8792). The mend is a setting of **Ollama**:

# %% [markdown] tags=["es"] of="f52e16b9"
# En Windows la página de Jan es `http://tauri.localhost`, y en algunas versiones la página no tiene
# ninguna dirección, lo que se envía como la palabra `null`. Se ha informado de los dos casos:
# incidencias [8131](https://github.com/janhq/jan/issues/8131) y
# [8792](https://github.com/janhq/jan/issues/8792) de janhq/jan. El arreglo es un ajuste de **Ollama**:

# %%
mend = "http://tauri.localhost, null"
for origin in [*jan.ORIGINS, "https://evil.example"]:
    print(f"{origin:24}", "let in" if jan.ollama_allows(origin, mend) else "403 Forbidden")

# %% [markdown]
# ```bash
# OLLAMA_ORIGINS="http://tauri.localhost,null" ollama serve
# ```
#
# In forums you will read `OLLAMA_ORIGINS="*"`. It works too, and lets **every page that you visit**
# use your models and read your list of them. Even `null` is more than one would like: a page can
# make itself address-less on purpose. Name what you need, no more. (Newer versions of Jan take the
# header off before they ask; one reporter says that the setting did not help him.)
#
# Now the endpoint of this notebook. We send Jan's requests as its source has them: the browser's
# question in advance (*preflight*), the list of models, a chat, a streamed chat, with settings and
# fields that not every server knows. For each of the three origins:

# %% [markdown] tags=["es"] of="d1db7efd"
# ```bash
# OLLAMA_ORIGINS="http://tauri.localhost,null" ollama serve
# ```
#
# En los foros leerás `OLLAMA_ORIGINS="*"`. También funciona, y deja que **cada página que visites** use
# tus modelos y lea cuáles tienes. Incluso `null` es más de lo que uno querría: una página puede
# quedarse sin dirección a propósito. Nombra lo que necesitas, y nada más. (Las versiones más nuevas de
# Jan quitan la cabecera antes de preguntar; una de las personas que informaron dice que el ajuste no le
# sirvió.)
#
# Ahora el endpoint de este cuaderno. Enviamos las peticiones de Jan tal como están en su código: la
# pregunta previa del navegador (*preflight*), la lista de modelos, una conversación, otra por partes,
# con ajustes y campos que no todos los servidores conocen. Para cada uno de los tres orígenes:

# %% tags=["nbval-ignore-output"]
steps = [step for origin in jan.ORIGINS
         for step in jan.play(at.openai_url, at.model, key=at.api_key, origin=origin)]
show.table([(s.origin, s.call, s.status, "yes" if s.good else "NO", s.said[:60]) for s in steps],
           ["Origin", "request", "status", "enough for Jan?", "what came back"])

# %% [markdown]
# What does a strange page get? (`https://evil.example` is no address of Jan.)

# %% [markdown] tags=["es"] of="c66f96dc"
# ¿Qué recibe una página extraña? (`https://evil.example` no es ninguna dirección de Jan.)

# %% tags=["nbval-ignore-output"]
strange = jan.play(at.openai_url, at.model, key=at.api_key, origin="https://evil.example")
show.table([(s.call, s.status, "yes" if s.good else "no") for s in strange],
           ["request", "status", "may the page read it?"])

# %% [markdown]
# If the kit's own endpoint answered: it says 200, and yet the page may not read it. It is the
# *browser* that keeps the answer from a page when the server does not name that page's origin. Ollama
# refuses with 403 instead. Both protect you from pages; neither protects from programs, which send
# whatever `Origin` they like. For that there are keys.
#
# (The kit's endpoint lets even `null` in, for Jan's sake. It is a decision for a classroom's model
# that holds no secrets; `selfhost serve --api-key …` takes it back.)

# %% [markdown] tags=["es"] of="ad5603c4"
# Si respondió el endpoint del propio kit: dice 200, y aun así la página no puede leerlo. Es el
# *navegador* quien no le da la respuesta a una página cuando el servidor no nombra el origen de esa
# página. Ollama, en cambio, la rechaza con un 403. Los dos te protegen de páginas; ninguno protege de
# programas, que envían el `Origin` que quieren. Para eso están las claves.
#
# (El endpoint del kit deja entrar incluso a `null`, por Jan. Es una decisión para el modelo de un aula,
# que no guarda secretos; `selfhost serve --api-key …` la retira.)

# %% [markdown]
# ## 5. The other way round: Jan's server for this course
#
# Jan has a server of its own: *Settings > Local API Server*, port 1337, and a key is mandatory.
# It speaks OpenAI's language only. The notebooks use it like this:
#
# ```bash
# export SELFHOST_ENGINE=openai SELFHOST_ENDPOINT=http://127.0.0.1:1337
# export SELFHOST_API_KEY=the-key-that-you-set-in-Jan
# ```
#
# LM Studio's is on port 1234, Oobabooga's (`--api`) on 5000, `llama-server`'s on 8080. Does any of
# them answer here, at this moment?

# %% [markdown] tags=["es"] of="db64f9fe"
# ## 5. Al revés: el servidor de Jan para este curso
#
# Jan tiene un servidor propio: *Settings > Local API Server*, puerto 1337, y exige una clave. Solo
# habla la lengua de OpenAI. Los cuadernos lo usan así:
#
# ```bash
# export SELFHOST_ENGINE=openai SELFHOST_ENDPOINT=http://127.0.0.1:1337
# export SELFHOST_API_KEY=la-clave-que-pusiste-en-Jan
# ```
#
# El de LM Studio está en el puerto 1234, el de Oobabooga (`--api`) en el 5000, el de `llama-server` en
# el 8080. ¿Responde aquí alguno de ellos, en este momento? (*nobody*: nadie.)

# %% tags=["nbval-ignore-output"]
from selfhost.endpoint.http import Unreachable, ask

places = {"Jan": 1337, "LM Studio": 1234, "Oobabooga": 5000, "llama-server": 8080, "Ollama or kit": 11434}
for name, port in places.items():
    try:
        status, answer = ask(f"http://127.0.0.1:{port}/v1/models", timeout=0.5)
        print(f"{name:13}{port:6}  something answers, with status {status}")
    except Unreachable:
        print(f"{name:13}{port:6}  nobody")

# %% [markdown]
# A 401 there is good news: the server is up, and only wants its key. (Since 0.8.5 Jan's server
# also refuses unknown *host names* with 403 when it listens on all addresses: its setting
# *Trusted Hosts*. That is another 403 than the one above: it guards against names, not pages.)

# %% [markdown] tags=["es"] of="7f501032"
# Un 401 aquí es una buena noticia: el servidor está en marcha, y solo quiere su clave. (Desde la 0.8.5,
# el servidor de Jan rechaza también con un 403 los *nombres de anfitrión* desconocidos cuando escucha
# en todas las direcciones: es su ajuste *Trusted Hosts*. Es otro 403 que el de arriba: protege de
# nombres, no de páginas.)

# %% [markdown]
# ## 6. The others
#
# For each: how it is tied to your endpoint (or your notebooks to it), and how far that was tried.
# *Read* means: its documentation was read, and nothing of it ran here. Honest tables have such a
# column.

# %% [markdown] tags=["es"] of="838ad1ea"
# ## 6. Las demás
#
# De cada una: cómo se ata a tu endpoint (o tus cuadernos a ella), y hasta dónde se ha probado. *Read*
# quiere decir: se leyó su documentación, y nada de ella se ejecutó aquí. Las tablas honradas tienen una
# columna así.

# %% tags=["nbval-ignore-output"]
for name in ("lm-studio", "librechat", "text-generation-webui"):
    print(f"{known[name].name}: {known[name].what}")
    for step in frontends.recipe(name, url=at.url, model=at.model):
        print("  -", step)
    print(f"  tried: {known[name].tried_how}\n")

# %% [markdown]
# Two traps in these recipes. *In Docker*, `127.0.0.1` is the container itself, not your computer;
# hence `host.docker.internal`, and an endpoint that listens on more than 127.0.0.1 should ask for a
# key (`selfhost serve --host 0.0.0.0 --api-key …`). And *LM Studio* is a server first: pointing its
# own chat at your endpoint needs a plugin, which is in beta.
#
# All of them side by side, with sources and dates:

# %% [markdown] tags=["es"] of="06b255a5"
# Hay dos trampas en estas recetas. *En Docker*, `127.0.0.1` es el propio contenedor, no tu ordenador;
# de ahí `host.docker.internal`, y un endpoint que escucha en algo más que 127.0.0.1 debería pedir una
# clave (`selfhost serve --host 0.0.0.0 --api-key …`). Y *LM Studio* es ante todo un servidor: para
# dirigir su propio chat a tu endpoint hace falta un complemento, que está en beta.
#
# Todas juntas, con fuentes y fechas:

# %% tags=["nbval-ignore-output"]
show.table(
    [(f.name, f.version, f.date, f.tried, f.sources[0].url) for f in known.values()],
    ["front end", "version", "looked at", "tried", "first source"],
    links={f.sources[0].url: f.sources[0].url for f in known.values()},
)

# %% [markdown]
# ## 7. Which one for whom?
#
# | for | take | because |
# |---|---|---|
# | yourself, today, on this laptop | llama.cpp's page | it is there, MIT, and hides nothing |
# | a colleague without a terminal | Jan | a desktop program, Apache 2.0, and it can bring its own models |
# | a class or a department | Open WebUI, LibreChat | accounts, and one place to look after; LibreChat is MIT and needs Docker and a database, Open WebUI has its clause on the name |
# | trying many models and samplers | Oobabooga | made as a laboratory; AGPL: who offers a changed version over a network must offer its source |
# | a product under your own name | LibreChat, llama.cpp's page | permissive licences, no clause on the name |
# | finding and comparing models by hand | LM Studio | comfortable; and not open: you cannot look inside, nor fix it |
#
# Disagree? You have the columns: change the weights, not the facts.

# %% [markdown] tags=["es"] of="e00dc369"
# ## 7. ¿Cuál para quién?
#
# | para | toma | porque |
# |---|---|---|
# | ti, hoy, en este portátil | la página de llama.cpp | está ahí, es MIT y no esconde nada |
# | alguien que no usa el terminal | Jan | un programa de escritorio, Apache 2.0, y puede traer sus propios modelos |
# | una clase o un departamento | Open WebUI, LibreChat | cuentas, y un solo sitio que cuidar; LibreChat es MIT y necesita Docker y una base de datos, Open WebUI tiene su cláusula sobre el nombre |
# | probar muchos modelos y maneras de elegir tokens | Oobabooga | hecho como laboratorio; AGPL: quien ofrece por red una versión cambiada tiene que ofrecer su código |
# | un producto con tu propio nombre | LibreChat, la página de llama.cpp | licencias permisivas, sin cláusula sobre el nombre |
# | encontrar y comparar modelos a mano | LM Studio | cómodo; y no es abierto: no puedes mirar dentro, ni arreglarlo |
#
# ¿No estás de acuerdo? Tienes las columnas: cambia cuánto pesa cada una, no los hechos.

# %% [markdown]
# ## Check yourself
#
# **1.** `curl http://localhost:11434/v1/models` works, the desktop program gets 403. What is the
# difference, and where is the mend?
#
# <details><summary>Answer</summary>
#
# The program's window is a page and sends an `Origin`; curl sends none. The server refuses that
# origin. Mend it at the server (`OLLAMA_ORIGINS` with exactly that origin), or use a version of the
# program that leaves the header out.
#
# </details>
#
# **2.** Why is `OLLAMA_ORIGINS="*"` a bad habit?
#
# <details><summary>Answer</summary>
#
# Then every page that you open in your browser may use your models and read what they answer.
#
# </details>
#
# **3.** A front end in Docker cannot reach your endpoint at `http://127.0.0.1:11434`. Two reasons?
#
# <details><summary>Answer</summary>
#
# In the container that address is the container. And your endpoint listens on 127.0.0.1 only, so
# that the container could not come in from outside either; let it listen on another address, with
# a key.
#
# </details>
#
# **4.** Which of the front ends keep your chats on the server, and which in your browser?
#
# <details><summary>Answer</summary>
#
# Open WebUI and LibreChat keep them on their server, in a database that its administrator can read.
# llama.cpp's page keeps them in this one browser. Jan keeps them in a folder of your computer.
#
# </details>
#
# **5.** A vendor says: “Our desktop program is free.” What do you ask?
#
# <details><summary>Answer</summary>
#
# Free as in price, or as in free software? Under which licence, and where is the source? (LM
# Studio costs nothing for many uses and is proprietary.)
#
# </details>

# %% [markdown] tags=["es"] of="3141bd33"
# ## Compruébalo
#
# **1.** `curl http://localhost:11434/v1/models` funciona, el programa de escritorio recibe un 403.
# ¿Cuál es la diferencia, y dónde se arregla?
#
# <details><summary>Respuesta</summary>
#
# La ventana del programa es una página y envía un `Origin`; curl no envía ninguno. El servidor rechaza
# ese origen. Arréglalo en el servidor (`OLLAMA_ORIGINS` con exactamente ese origen), o usa una versión
# del programa que deje fuera la cabecera.
#
# </details>
#
# **2.** ¿Por qué es `OLLAMA_ORIGINS="*"` una mala costumbre?
#
# <details><summary>Respuesta</summary>
#
# Porque entonces cada página que abras en tu navegador puede usar tus modelos y leer lo que responden.
#
# </details>
#
# **3.** Una interfaz en Docker no alcanza tu endpoint en `http://127.0.0.1:11434`. ¿Dos razones?
#
# <details><summary>Respuesta</summary>
#
# Dentro del contenedor, esa dirección es el contenedor. Y tu endpoint solo escucha en 127.0.0.1, así
# que el contenedor tampoco podría entrar desde fuera; haz que escuche en otra dirección, con una clave.
#
# </details>
#
# **4.** ¿Qué interfaces guardan tus conversaciones en el servidor, y cuáles en tu navegador?
#
# <details><summary>Respuesta</summary>
#
# Open WebUI y LibreChat las guardan en su servidor, en una base de datos que puede leer quien lo
# administra. La página de llama.cpp las guarda en ese único navegador. Jan las guarda en una carpeta de
# tu ordenador.
#
# </details>
#
# **5.** Un proveedor dice: «Our desktop program is free». ¿Qué preguntas?
#
# <details><summary>Respuesta</summary>
#
# ¿*Free* de gratis, o de software libre? En inglés es la misma palabra. ¿Con qué licencia, y dónde está
# el código? (LM Studio no cuesta nada para muchos usos y es propietario.)
#
# </details>
