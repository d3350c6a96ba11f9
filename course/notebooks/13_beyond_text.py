# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
#   kit:
#     title: "Beyond text: images, video, speech and what surrounds models"
#     minutes: 40
#     objectives:
#       - find a self-hostable model, application, data set or benchmark for a task, with its licence and date
#       - say how open the models of other modalities are, compared with language models
#       - spot conditions that matter to you, such as a territory or a ban on commercial use
#       - estimate whether the weights of a model fit into the memory of this machine
#     needs: []
#     next: 14_determinism
#     es:
#       title: "Más allá del texto: imágenes, vídeo, voz y lo que los rodea"
#       objectives:
#         - encontrar para una tarea un modelo, una aplicación, un conjunto de datos o un benchmark que puedas alojar tú, con su licencia y su fecha
#         - decir hasta qué punto son abiertos los modelos de otras modalidades, comparados con los de lenguaje
#         - descubrir condiciones que te afectan, como un territorio o la prohibición del uso comercial
#         - estimar si los pesos de un modelo caben en la memoria de esta máquina
# ---

# %% [markdown]
# **What else could I run here?** The course so far was about text. People also want pictures,
# video, voices, transcripts, 3D scenes, forecasts; and around every model there are applications,
# data sets and benchmarks. Which of them can you run on your own machines, what may you do with
# them, and would they fit? This notebook is a guided walk through the course's catalogue, which
# you will use again whenever somebody asks you for "something for X".
#
# No model runs here, and no network is needed: the catalogue comes with the kit. Each entry has a
# source and a date. Things change; check the source before you build on an entry.

# %% [markdown] tags=["es"] of="73dd62d0"
# **¿Qué más podría ejecutar aquí?** Hasta ahora el curso ha tratado de texto. La gente quiere además
# imágenes, vídeo, voces, transcripciones, escenas en 3D, previsiones; y alrededor de cada modelo hay
# aplicaciones, conjuntos de datos y benchmarks. ¿Cuáles puedes ejecutar en tus propias máquinas, qué
# se te permite hacer con ellos, y cabrían? Este cuaderno es un paseo guiado por el catálogo del
# curso, al que volverás cada vez que alguien te pida «algo para X».
#
# Aquí no se ejecuta ningún modelo, y no hace falta red: el catálogo viene con el kit. Cada entrada
# tiene una fuente y una fecha. Las cosas cambian; comprueba la fuente antes de construir sobre una
# entrada.

# %%
from collections import Counter

from selfhost import show
from selfhost.openness.catalogue import catalogue, find, select

kinds = Counter(entry.row.kind for entry in catalogue().values())
show.table(kinds.most_common(), ["kind of entry", "how many"])

# %% [markdown]
# ## 1. Search it
#
# Type into the search field, or set a filter. Try: *which front ends are there? What has Tencent
# made? Which entries have a licence that nobody knows?* Everything works with the keyboard: Tab
# moves on, arrows change a list, and the table scrolls once it has the focus.

# %% [markdown] tags=["es"] of="6ecab1c2"
# ## 1. Busca en él
#
# Escribe en el campo de búsqueda, o pon un filtro. Prueba: *¿qué interfaces (front ends) hay? ¿Qué ha
# hecho Tencent? ¿Qué entradas tienen una licencia que nadie conoce?* Todo funciona con el teclado: el
# tabulador avanza, las flechas cambian una lista, y la tabla se desplaza cuando tiene el foco.

# %% tags=["nbval-ignore-output"]
from selfhost.widgets.catalogue import browse, runs_here

table = browse()
table

# %% [markdown]
# The same by code, for a report or when widgets do not run: the speech models.

# %% [markdown] tags=["es"] of="11346a30"
# Lo mismo con código, para un informe o para cuando no funcionan los controles: los modelos de voz.

# %%
speech = [*select(modality="speech to text", kind="model"), *select(modality="text to speech")]
columns = ["name", "licence", "derived", "date"]
show.table([[entry.as_row()[c] for c in columns] for entry in speech], columns)

# %% [markdown]
# "Derived" is the class that the rules of notebook 02 give, from what we know to be published. In
# a terminal: `selfhost openness list --modality video`.
#
# ## 2. How open is the world beyond text?
#
# Language models go from "behind an app" up to "reproducible". What about the others?

# %% [markdown] tags=["es"] of="31632e11"
# «Derived» (derivada) es la clase que dan las reglas del cuaderno 02 a partir de lo que sabemos que
# se ha publicado. En un terminal: `selfhost openness list --modality video`.
#
# ## 2. ¿Hasta qué punto es abierto el mundo más allá del texto?
#
# Los modelos de lenguaje van de «tras una aplicación» hasta «reproducible». ¿Y los demás?

# %% tags=["nbval-ignore-output"]
from selfhost.widgets.predict import predict

best = predict(
    "Which modality besides text has models of the classes open source or reproducible here?",
    ["image", "video", "text to speech", "none of them"],
)
best

# %% [markdown]
# Count the catalogue's models by modality and class.

# %% [markdown] tags=["es"] of="e3294162"
# Cuenta los modelos del catálogo por modalidad y clase.

# %% tags=["nbval-ignore-output"]
from selfhost.openness import pictures

models = select(kind="model")
show.picture(pictures.class_by_modality(models), pictures.class_by_modality_words(models))

# %% [markdown]
# Look at where the bars end, before you run the answer.

# %% [markdown] tags=["es"] of="cd9a8849"
# Mira dónde terminan las barras antes de ejecutar la respuesta.

# %% tags=["nbval-ignore-output"]
best.reveal(
    "none of them",
    {
        "image": "Open weights, yes. The data and the code to train are another matter.",
        "video": "Open-Sora comes near: its training code is public, its data is not.",
        "text to speech": "Open weights, yes; what the voices were trained on is rarely told.",
    },
)

# %% [markdown]
# A catalogue is a sample, and ours is small; but it fits with a reason: pictures, films and voices
# belong to somebody. Publishing the data is legally harder than publishing weights, so "open" ends
# earlier. ChatTS, a model for time series, is the odd one out: its data is **synthetic**, made by a
# program, so there was nobody to ask. What keeps it from the next class?

# %% [markdown] tags=["es"] of="803ff0de"
# Un catálogo es una muestra, y la nuestra es pequeña; pero encaja con una razón: las imágenes, las
# películas y las voces son de alguien. Publicar los datos es legalmente más difícil que publicar los
# pesos, así que lo «abierto» termina antes. ChatTS, un modelo para series temporales, es la
# excepción: sus datos son **sintéticos**, los hizo un programa, y no había a quién pedir permiso.
# ¿Qué le falta para la clase siguiente?

# %%
for finding in find("chatts").verdict().spectrum.missing():
    print(finding.text)

# %% [markdown]
# ## 3. Images and video: read where you live
#
# The licences beyond text have conditions that text licences seldom have. Here are all conditions
# of the image, video and 3D models, by model.

# %% [markdown] tags=["es"] of="5dc64378"
# ## 3. Imágenes y vídeo: lee dónde vives
#
# Las licencias más allá del texto tienen condiciones que las de texto tienen pocas veces. Aquí están
# todas las condiciones de los modelos de imagen, vídeo y 3D, modelo por modelo.

# %%
rows = []
for modality in ("image", "video", "3D"):
    for entry in select(kind="model", modality=modality):
        granted = entry.verdict().states["parameters_final"].terms
        said = "; ".join(f"{k}: {v}" for k, v in granted.conditions.items())
        rows.append((entry.row.name, granted.expression, said or "none"))
show.table(rows, ["model", "licence of the weights", "conditions of use"])

# %% [markdown]
# Two of them reward a second look.
#
# **A territory.** The licence of Hunyuan Video gives no rights in the European Union, the United
# Kingdom and South Korea. In Fuenlabrada you may download it, and it will run; you just have no
# licence. Nothing technical will remind you.
#
# **Code and weights.** LTX Video is listed under Apache 2.0, and that is the *code*. The weights of
# 2025-05 have a licence of their own. Watch the catalogue resolve which licence governs which part:

# %% [markdown] tags=["es"] of="a14af304"
# Dos de ellas merecen una segunda mirada.
#
# **Un territorio.** La licencia de Hunyuan Video no da derechos en la Unión Europea, el Reino Unido
# ni Corea del Sur. En Fuenlabrada lo puedes descargar, y funcionará; solo que no tienes licencia.
# Nada técnico te lo recordará.
#
# **El código y los pesos.** LTX Video aparece en las listas con Apache 2.0, y eso es el *código*. Los
# pesos de 2025-05 tienen una licencia propia. Mira cómo el catálogo resuelve qué licencia rige cada
# parte:

# %%
states = find("ltx-video").verdict().states
for key in ("inference_code", "parameters_final"):
    print(f"{states[key].component.name}: {states[key].says()}")

# %% [markdown]
# Front ends have licences too. ComfyUI is free software (GPL). Wan2GP runs open models, and is
# itself under a licence that forbids commercial use: the chain is as open as its weakest link.

# %% [markdown] tags=["es"] of="c0695af3"
# También las interfaces tienen licencia. ComfyUI es software libre (GPL). Wan2GP ejecuta modelos
# abiertos, y el propio programa tiene una licencia que prohíbe el uso comercial: la cadena es tan
# abierta como su eslabón más débil.

# %%
for entry in select(kind="front end"):
    print(f"{entry.row.name}: {entry.row.licence}, {entry.derived}")

# %% [markdown]
# ## 4. Speech: when the firm is gone
#
# Whisper (MIT) turned speech to text into something that anybody can run; notebooks 11 and 12 run
# it, and a Spanish voice. Voices have more conditions. Coqui's licence of 2023 forbids commercial
# use of the model *and of what it says*; exceptions were for sale. Early in 2024 the firm closed.

# %% [markdown] tags=["es"] of="03a665ac"
# ## 4. Voz: cuando la empresa ya no está
#
# Whisper (MIT) hizo del paso de voz a texto algo que cualquiera puede ejecutar; los cuadernos 11 y 12
# lo ejecutan, y también una voz en español. Las voces tienen más condiciones. La licencia de Coqui,
# de 2023, prohíbe el uso comercial del modelo *y de lo que dice*; se vendían excepciones. A
# principios de 2024 la empresa cerró.

# %%
granted = find("coqui-xtts").terms
for what, text in granted.conditions.items():
    print(f"{what}: {text}")

# %% [markdown]
# So there is nobody left to sell you an exception, and the licence goes on. Compare the toolkit:
# its code was under MPL-2.0, and others maintain it today (this course installs it). **An open
# licence outlives its firm.** That is the *autonomy* column of notebook 02, as it happened.
#
# ## 5. Licences through time
#
# Which licences did the models of the catalogue have, and when was that?

# %% [markdown] tags=["es"] of="82c6c820"
# Así que ya no queda nadie que te venda una excepción, y la licencia sigue en pie. Compáralo con las
# herramientas: su código tenía la licencia MPL-2.0, y hoy lo mantienen otros (este curso lo instala).
# **Una licencia abierta sobrevive a su empresa.** Es la columna de la *autonomía* del cuaderno 02, en
# un caso real.
#
# ## 5. Las licencias en el tiempo
#
# ¿Qué licencias tenían los modelos del catálogo, y cuándo fue eso?

# %% tags=["nbval-ignore-output"]
show.picture(pictures.families_over_time(models), pictures.families_words(models))

# %% [markdown]
# Apache and MIT go through all the years. The squares are the inventions: nearly every large firm
# wrote a licence of its own, and each must be read from the first line to the last. That costs
# every user an hour, or a lawyer; a licence that everybody knows costs nobody anything.
#
# (The months tell when the statement was made, not when the model appeared.)
#
# ## 6. What surrounds models
#
# Applications to self-host, from research assistants to agents, with what we know of their
# licences:

# %% [markdown] tags=["es"] of="52bda0ab"
# Apache y MIT están en todos los años. Los cuadrados son los inventos: casi todas las grandes
# empresas escribieron una licencia propia, y cada una hay que leerla de la primera línea a la última.
# Eso le cuesta a cada usuario una hora, o un abogado; una licencia que todo el mundo conoce no le
# cuesta nada a nadie.
#
# (Los meses dicen cuándo se hizo la declaración, no cuándo apareció el modelo.)
#
# ## 6. Lo que rodea a los modelos
#
# Aplicaciones para alojar tú, desde asistentes de investigación hasta agentes, con lo que sabemos de
# sus licencias:

# %%
rows = [(e.row.name, e.row.licence, e.derived, e.row.note) for e in select(kind="application")]
show.table(rows, ["application", "licence", "derived", "note"])

# %% [markdown]
# "Unknown" means that nobody here has read the licence file. It takes you two minutes per entry,
# and lab 1 asks you for one.
#
# Data sets are the raw material, and their licences have a trap of their own.

# %% [markdown] tags=["es"] of="2aa42778"
# «Unknown» (desconocida) quiere decir que aquí nadie ha leído el fichero de la licencia. Te lleva dos
# minutos por entrada, y la práctica 1 te pide una.
#
# Los conjuntos de datos son la materia prima, y sus licencias tienen su propia trampa.

# %%
rows = [(e.row.name, e.row.licence, e.derived, e.row.note) for e in select(kind="dataset")]
show.table(rows, ["data set", "licence", "derived", "note"])

# %% [markdown]
# LAION-5B is "CC-BY": the *list* of links and captions is. The five billion pictures behind the
# links are under whatever their authors chose. FineWeb is ODC-By, made from Common Crawl, whose
# pages keep the rights of their authors. **The licence of a collection is not the licence of what
# is collected.** Common Corpus and the Common Pile go the other way: they take only what is in the
# public domain or openly licensed, document by document, so that no single licence covers the set.
#
# And benchmarks, by which everybody is measured:

# %% [markdown] tags=["es"] of="9598b7d4"
# LAION-5B es «CC-BY»: lo es la *lista* de enlaces y descripciones. Los cinco mil millones de imágenes
# que hay detrás de los enlaces tienen la licencia que eligieran sus autores. FineWeb es ODC-By, y
# está hecho de Common Crawl, cuyas páginas conservan los derechos de sus autores. **La licencia de
# una colección no es la licencia de lo coleccionado.** Common Corpus y Common Pile van por el otro
# camino: solo toman lo que es de dominio público o tiene licencia abierta, documento por documento,
# así que no hay una única licencia para el conjunto.
#
# Y los benchmarks, con los que se mide a todo el mundo:

# %%
rows = [(e.row.name, e.row.modality, e.row.licence, e.row.note) for e in select(kind="benchmark")]
show.table(rows, ["benchmark", "about", "licence", "note"])

# %% [markdown]
# ## 7. What would I run on this laptop?
#
# A model must fit into memory. The first estimate needs one multiplication: **parameters × bytes
# per parameter**. Wan 2.2 in its small size has 5 billion parameters.

# %% [markdown] tags=["es"] of="450df9f7"
# ## 7. ¿Qué ejecutaría yo en este portátil?
#
# Un modelo tiene que caber en la memoria. La primera estimación necesita una multiplicación:
# **parámetros × bytes por parámetro**. Wan 2.2, en su tamaño pequeño, tiene 5 mil millones de
# parámetros.

# %%
from selfhost.openness.memory import weights_gib

for name, bits in [("float32", 32), ("float16", 16), ("8 bit", 8.5), ("4 bit", 4.8)]:
    print(f"{name:8} {weights_gib(5, bits):5.1f} GiB")

# %% [markdown]
# Why 8.5 and 4.8 bits? Quantized formats store a scale for every few weights, so "4 bit" costs a
# little more than four (notebook 09 opens them).
#
# How much memory does this machine have to give right now?

# %% [markdown] tags=["es"] of="63bc280f"
# ¿Por qué 8,5 y 4,8 bits? Los formatos cuantizados guardan una escala por cada pocos pesos, así que
# «4 bits» cuesta un poco más de cuatro (el cuaderno 09 los abre).
#
# ¿Cuánta memoria puede dar ahora mismo esta máquina?

# %% tags=["nbval-ignore-output"]
import psutil

memory = psutil.virtual_memory()
print(f"{memory.total / 2**30:.0f} GiB in all, {memory.available / 2**30:.0f} GiB free now")

# %% [markdown]
# A guess first: Qwen3 in its largest size has 235 billion parameters, of which 22 billion work on
# each token (a mixture of experts).

# %% [markdown] tags=["es"] of="e4f1450a"
# Primero, una apuesta: Qwen3, en su tamaño mayor, tiene 235 mil millones de parámetros, de los que 22
# mil millones trabajan en cada token (una mezcla de expertos).

# %% tags=["nbval-ignore-output"]
experts = predict(
    "Which number counts for the memory?",
    ["235 billion", "22 billion", "something between"],
)
experts

# %% [markdown]
# Move the slider to the memory you have, and choose a precision. Can you find the largest model
# that fits?

# %% [markdown] tags=["es"] of="5dcff9ae"
# Mueve el deslizador a la memoria que tienes, y elige una precisión. ¿Encuentras el modelo más grande
# que cabe?

# %% tags=["nbval-ignore-output"]
here = runs_here(memory.available / 2**30)
here

# %% [markdown]
# Back to the guess.

# %% [markdown] tags=["es"] of="7eefae87"
# De vuelta a la apuesta.

# %% tags=["nbval-ignore-output"]
experts.reveal(
    "235 billion",
    {
        "22 billion": "That decides the speed. Any expert may be asked next, so all must be there.",
        "something between": "Tricks exist (experts on disk), and you pay for them with time.",
    },
)

# %% [markdown]
# The same for a machine with 8 GiB free, so that all of us can compare: the biggest that fit, one
# line per model.

# %% [markdown] tags=["es"] of="c28502b7"
# Lo mismo para una máquina con 8 GiB libres, para que podamos comparar todos: los más grandes que
# caben, una línea por modelo.

# %%
from selfhost.openness.memory import BITS, what_runs

fits = [fit for fit in what_runs(models, 8, BITS["4 bit"]) if fit.fits]
biggest = {fit.name: fit for fit in reversed(fits)}
for fit in sorted(biggest.values(), key=lambda fit: fit.gib, reverse=True)[:12]:
    print(fit)

# %% [markdown]
# And the ones about which the catalogue can say nothing:

# %% [markdown] tags=["es"] of="2d3e179b"
# Y aquellos de los que el catálogo no puede decir nada:

# %%
print([fit.name for fit in what_runs(models, 8, BITS["4 bit"]) if fit.fits is None])

# %% [markdown]
# **This is an estimate, and a kind one.** The context of a language model needs memory too (the KV
# cache); image and video models need several times their weights while they work, and without a
# GPU a short film may take a night. "Fits" means "worth a try", no more. Notebook 04 does the
# arithmetic in full.
#
# ## Check yourself
#
# <details><summary>A colleague in Madrid wants to offer a service with Hunyuan Video. What do you
# tell her?</summary>
#
# Its licence gives no rights in the European Union. Wan 2.2 is under Apache 2.0, without such a
# condition (2025-08): look at that one.
# </details>
#
# <details><summary>May you sell an audiobook spoken by Coqui XTTS v2?</summary>
#
# Its licence forbids commercial use of the model and of its output, and the firm that sold
# exceptions has closed. Kokoro (Apache 2.0) has no such condition.
# </details>
#
# <details><summary>A data set is under CC-BY. May you train on the pictures it lists?</summary>
#
# The licence covers the list. Whether you may use the pictures depends on their own licences and
# on the law of your country.
# </details>
#
# <details><summary>How much memory do the weights of a model with 12 billion parameters need in
# float16?</summary>
#
# 12 billion × 2 bytes = 24 GB, about 22.4 GiB. And then some for the rest.
# </details>

# %% [markdown] tags=["es"] of="36aa0883"
# **Es una estimación, y optimista.** El contexto de un modelo de lenguaje también necesita memoria
# (la caché KV); los modelos de imagen y de vídeo necesitan varias veces sus pesos mientras trabajan,
# y sin GPU un vídeo corto puede tardar una noche. «Cabe» quiere decir «merece la pena probar», nada
# más. El cuaderno 04 hace la cuenta entera.
#
# ## Compruébalo
#
# <details><summary>Una compañera de Madrid quiere ofrecer un servicio con Hunyuan Video. ¿Qué le
# dices?</summary>
#
# Su licencia no da derechos en la Unión Europea. Wan 2.2 tiene la licencia Apache 2.0, sin esa
# condición (2025-08): que mire ese.
# </details>
#
# <details><summary>¿Puedes vender un audiolibro leído por Coqui XTTS v2?</summary>
#
# Su licencia prohíbe el uso comercial del modelo y de lo que produce, y la empresa que vendía
# excepciones ha cerrado. Kokoro (Apache 2.0) no tiene esa condición.
# </details>
#
# <details><summary>Un conjunto de datos es CC-BY. ¿Puedes entrenar con las imágenes que enumera?</summary>
#
# La licencia cubre la lista. Si puedes usar las imágenes depende de las licencias de cada una y de la
# ley de tu país.
# </details>
#
# <details><summary>¿Cuánta memoria necesitan en float16 los pesos de un modelo con 12 mil millones de
# parámetros?</summary>
#
# 12 mil millones × 2 bytes = 24 GB, unos 22,4 GiB. Y algo más para lo demás.
# </details>
