# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
#   kit:
#     title: The openness spectrum
#     minutes: 60
#     objectives:
#       - place a model on the openness spectrum, and give the reasons
#       - read a licence for the words that decide, and resolve which licence covers which part
#       - say how access, model control, data control, autonomy and trust follow from what is published
#       - explain where three definitions of "open" disagree about the same model, and why
#       - audit a release from its files with one command
#     needs: []
#     next: lab1_audit_a_model
#     es:
#       title: El espectro de la apertura
#       objectives:
#         - colocar un modelo en el espectro de la apertura, y dar las razones
#         - leer en una licencia las palabras que deciden, y resolver qué licencia cubre qué parte
#         - decir cómo el acceso, el control del modelo, el control de los datos, la autonomía y la confianza se siguen de lo que se publica
#         - explicar dónde tres definiciones de «abierto» no están de acuerdo sobre el mismo modelo, y por qué
#         - auditar una publicación a partir de sus ficheros con una sola orden
# ---

# %% [markdown]
# **What do you get?** One project tells you "we use an open model". Another says "open source",
# a third "open weights", a fourth nothing at all. Behind these words are very different things
# that you may receive, run, change, pass on or check. This notebook replaces the words by one
# question, asked of each release: *what exactly do you get, and what are you allowed to do with
# it?*
#
# No model runs here. We look at what producers publish. First commit to a guess; we come back to
# it.

# %% [markdown] tags=["es"] of="27ea175c"
# **¿Qué recibes?** Un proyecto te dice «usamos un modelo abierto». Otro dice «código abierto»; un
# tercero, «pesos abiertos»; un cuarto, nada de nada. Detrás de estas palabras hay cosas muy distintas
# que puedes recibir, ejecutar, cambiar, pasar a otros o comprobar. Este cuaderno sustituye las palabras
# por una pregunta, hecha a cada publicación: *¿qué recibes exactamente, y qué se te permite hacer con
# ello?*
#
# Aquí no se ejecuta ningún modelo. Miramos lo que publican quienes los hacen. Primero, apuesta; luego
# volvemos a tu apuesta.

# %% tags=["nbval-ignore-output"]
from selfhost.widgets.predict import predict

guess = predict(
    "Llama 3, DeepSeek V3, Qwen3, OLMo 2: how many of the four let you train them again?",
    ["none", "one", "two", "all four"],
)
guess

# %% [markdown]
# ## 1. From an app to everything
#
# We begin at the two ends. NotebookLM is an application with a model inside. OLMo 2 is a release
# of the Allen Institute for AI. Both come from this course's catalogue, which keeps each fact with
# its source and its date. What do you get from each?

# %% [markdown] tags=["es"] of="42aeaad2"
# ## 1. De una aplicación a todo
#
# Empezamos por los dos extremos. NotebookLM es una aplicación con un modelo dentro. OLMo 2 es una
# publicación del Allen Institute for AI. Los dos salen del catálogo de este curso, que guarda cada dato
# con su fuente y su fecha. ¿Qué recibes de cada uno?

# %%
from selfhost import show
from selfhost.openness.catalogue import find
from selfhost.openness.compare import part

left, right = find("notebooklm").verdict(), find("olmo-2").verdict()
rows = [
    (state.component.name, part(left, key), part(right, key))
    for key, state in left.states.items()
]
show.table(rows, ["part", "NotebookLM", "OLMo 2"])

# %% [markdown]
# Of the answers in this table, one needs explaining: **not known**. Nobody writes "we do not
# publish our evaluation data" on a web page; it just is not there, or not found. A fact that nobody
# could support counts as unknown here. It never counts as open.
#
# These seventeen parts are the components of the **Model Openness Framework** (White et al.,
# arXiv 2403.13784, in the form of its public tool, read 2026-11). Here they are in plain words.

# %% [markdown] tags=["es"] of="e711e827"
# De las respuestas de esta tabla, una pide explicación: **not known** (no se sabe). Nadie escribe
# «no publicamos nuestros datos de evaluación» en una página web; simplemente no están, o no se
# encuentran. Un dato que nadie ha podido respaldar cuenta aquí como desconocido. Nunca cuenta como
# abierto.
#
# Estas diecisiete partes son los componentes del **Model Openness Framework** (White et al., arXiv
# 2403.13784, en la forma de su herramienta pública, leída en 2026-11). Aquí están, con palabras
# sencillas.

# %%
from selfhost.openness import components

rows = [(c.name, c.type, c.plain) for c in components().values()]
show.table(rows, ["component", "kind of content", "in plain words"])

# %% [markdown]
# ## 2. Six classes
#
# Between the two ends the workshop distinguishes six classes. Each gives all that the one before
# gives, and more:
#
# 1. **behind-app**: a model inside an application, which may change any day (NotebookLM, DeepL);
# 2. **directly accessible**: an HTTP API, which decides what you control (OpenRouter, Groq);
# 3. **available weights**: you can download the weights, under conditions (Llama 3, Gemma 3);
# 4. **open weight**: weights to use, change and pass on without conditions of use;
# 5. **open source**: also the software that trained and runs it, and a description of the training;
# 6. **reproducible** (libre): also the training data and the code that prepared it.
#
# Definitions like these sound clear until you apply them. So we made them rules that a program can
# apply. A release is a list of published parts with a licence. Watch the class climb.

# %% [markdown] tags=["es"] of="e60ba23c"
# ## 2. Seis clases
#
# Entre los dos extremos el curso distingue seis clases. Cada una da todo lo que da la anterior, y más:
#
# 1. **behind-app**, tras una aplicación: un modelo dentro de una aplicación, que puede cambiar
#    cualquier día (NotebookLM, DeepL);
# 2. **directly accessible**, de acceso directo: una API de HTTP, que decide qué controlas (OpenRouter,
#    Groq);
# 3. **available weights**, pesos disponibles: puedes descargar los pesos, con condiciones (Llama 3,
#    Gemma 3);
# 4. **open weight**, pesos abiertos: pesos para usar, cambiar y pasar a otros sin condiciones de uso;
# 5. **open source**, código abierto: además, los programas que lo entrenaron y lo ejecutan, y una
#    descripción del entrenamiento;
# 6. **reproducible** (libre): además, los datos de entrenamiento y el código que los preparó.
#
# Definiciones como estas suenan claras hasta que las aplicas. Por eso las hemos convertido en reglas
# que un programa puede aplicar. Una publicación es una lista de partes publicadas, con una licencia.
# Mira cómo sube la clase.

# %%
from selfhost.openness import judge, release

parts = ["parameters_final"]
print(judge(release("with conditions", parts, licence="LicenseRef-gemma")).spectrum.name)
print(judge(release("no conditions", parts, licence="Apache-2.0")).spectrum.name)
parts += ["architecture", "training_code", "inference_code", "technical_report", "data_card"]
print(judge(release("with code", parts, licence="Apache-2.0")).spectrum.name)
parts += ["datasets", "preprocessing_code"]
print(judge(release("with data", parts, licence="Apache-2.0")).spectrum.name)

# %% [markdown]
# From the first line to the second nothing was published in addition. Only the *licence* changed.
#
# A verdict without reasons is an opinion. Each of ours says which component, which licence and
# which rule it rests on, and what is missing for the next class.

# %% [markdown] tags=["es"] of="f800d564"
# De la primera línea a la segunda no se publicó nada más. Solo cambió la *licencia*.
#
# Un veredicto sin razones es una opinión. Cada uno de los nuestros dice en qué componente, qué licencia
# y qué regla se apoya, y qué falta para la clase siguiente.

# %%
verdict = judge(release("my release", ["parameters_final", "architecture"], licence="MIT"))
for finding in verdict.spectrum.reasons():
    print("+", finding.rule, "|", finding.text)
for finding in verdict.spectrum.missing():
    print("-", finding.rule, "|", finding.text)

# %% [markdown]
# ## 3. What follows for you: five aspects
#
# Why should anyone care about classes? Because five things that matter to a user hang on them.
# *Access* and *model control* decide what you can build; *data control* decides about privacy;
# *autonomy*, how far you depend on one provider; *trust*, whether somebody can check that there is
# no back door.

# %% [markdown] tags=["es"] of="8cd8ffea"
# ## 3. Qué se sigue para ti: cinco aspectos
#
# ¿Por qué habrían de importarle a nadie las clases? Porque de ellas dependen cinco cosas que importan a
# quien usa un modelo. *El acceso* y *el control del modelo* deciden qué puedes construir; *el control
# de los datos*, tu privacidad; *la autonomía*, cuánto dependes de un proveedor; *la confianza*, si
# alguien puede comprobar que no hay una puerta trasera.

# %% tags=["nbval-ignore-output"]
first = predict(
    "From which class on do your prompts stay with you?",
    ["directly accessible", "available weights", "open weight", "reproducible"],
)
first

# %% [markdown]
# We take a typical member of each class and let the rules derive the five aspects. The rules for
# the aspects do not look at the class: they look at weights, licence, code and data.

# %% [markdown] tags=["es"] of="d88502b2"
# Tomamos un miembro típico de cada clase y dejamos que las reglas deriven los cinco aspectos. Las
# reglas de los aspectos no miran la clase: miran los pesos, la licencia, el código y los datos.

# %%
from selfhost.openness import ASPECTS, CLASSES

code = ["architecture", "training_code", "inference_code", "technical_report", "data_card"]
typical = [
    release("app", reach=["app"]),
    release("api", reach=["api"]),
    release("conditions", ["parameters_final"], licence="LicenseRef-llama-3"),
    release("weights", ["parameters_final"], licence="Apache-2.0"),
    release("code", ["parameters_final", *code], licence="Apache-2.0"),
    release("data", ["parameters_final", *code, "datasets", "preprocessing_code"], licence="MIT"),
]
verdicts = [judge(example) for example in typical]
assert [v.spectrum.name for v in verdicts] == list(CLASSES)
show.table([(v.spectrum.name, *v.aspects.values()) for v in verdicts], ["class", *ASPECTS])

# %% [markdown]
# Read the columns from top to bottom: where does each begin to change?

# %% [markdown] tags=["es"] of="29d58183"
# Lee las columnas de arriba abajo: ¿dónde empieza a cambiar cada una?

# %% tags=["nbval-ignore-output"]
first.reveal(
    "available weights",
    {
        "directly accessible": "Over an API your prompts go to the provider, whatever it promises.",
        "open weight": "Earlier: once the weights run on your machine, nobody else sees a prompt.",
        "reproducible": "Much earlier: control over your data needs weights, and no training data.",
    },
)

# %% [markdown]
# The data column jumps at "available weights": whoever can run the model keeps the prompts, even
# under a strict licence. The trust column changes last. Open weights are numbers, and nobody reads
# a back door out of numbers; with the data and the code you could train the model again and
# compare.

# %% [markdown] tags=["es"] of="2a6a96fe"
# La columna de los datos salta en «available weights»: quien puede ejecutar el modelo se queda con sus
# preguntas, incluso con una licencia estricta. La de la confianza es la última en cambiar. Unos pesos
# abiertos son números, y nadie lee una puerta trasera en unos números; con los datos y el código
# podrías entrenar el modelo otra vez y comparar.

# %% [markdown]
# ## 4. A licence is a text
#
# A class can hang on one paragraph. Kimi K2 has an "MIT licence", modified. Which word would you
# look for?

# %% [markdown] tags=["es"] of="3d61c724"
# ## 4. Una licencia es un texto
#
# Una clase puede depender de un párrafo. Kimi K2 tiene una «licencia MIT» modificada. ¿Qué palabra
# buscarías?

# %%
from selfhost.openness.licences import terms

for name in ["MIT", "modified mit", "llama3", "CC-BY-NC-4.0", "CC-BY-4.0"]:
    found = terms(name)
    print(f"{found.name} | open: {found.open}")
    for what, text in found.conditions.items():
        print(f"    {what}: {text}")

# %% [markdown]
# Meta calls Llama 3 open source; the OSI, which keeps the definition of that word, says that its
# licence is not ([opensource.org](https://opensource.org/blog/metas-llama-license-is-still-not-open-source),
# noted in 2025-04): the users are counted, and some uses are forbidden.
#
# MIT itself has no conditions of use. The modified text adds a duty that concerns only giants: you
# will never meet it. It is still a condition on use, and by the Open Weight Definition a licence
# may not treat users differently. Whether that is pedantry or principle is a fair question; the
# rule at least is the same for all.
#
# Open here means: approved by the **OSI**, or free/libre for the **FSF**, or on the list of open
# *data* licences, or made for models (OpenMDW). Licences have short names, SPDX identifiers, and
# may be combined. Guess each line before you run it.

# %% [markdown] tags=["es"] of="1e8290f6"
# Meta llama código abierto a Llama 3; la OSI, que cuida la definición de esa expresión, dice que su
# licencia no lo es
# ([opensource.org](https://opensource.org/blog/metas-llama-license-is-still-not-open-source), anotado
# en 2025-04): se cuenta a los usuarios, y se prohíben algunos usos.
#
# La MIT no tiene condiciones de uso. El texto modificado añade una obligación que solo afecta a
# gigantes: tú no la encontrarás nunca. Aun así es una condición de uso, y según la Open Weight
# Definition una licencia no puede tratar de manera distinta a los usuarios. Si eso es pedantería o
# principio es una buena pregunta; la regla, al menos, es la misma para todos.
#
# Abierto quiere decir aquí: aprobado por la **OSI**, o libre para la **FSF**, o en la lista de
# licencias abiertas de *datos*, o hecho para modelos (OpenMDW). Las licencias tienen nombres cortos,
# identificadores SPDX, y se pueden combinar. Adivina cada línea antes de ejecutarla.

# %%
for expression in ["MIT OR LicenseRef-gemma", "MIT AND LicenseRef-gemma", "my own licence", "NONE"]:
    print(f"{expression:28} open: {terms(expression).open}")

# %% [markdown]
# With OR you may choose, so one open licence is enough. With AND all conditions apply. An unknown
# licence is neither open nor closed: it is unknown. And **no licence at all** is the strictest
# case, because without permission all rights are reserved.
#
# Which licence covers which part? The order: the part's own licence; then the release's licence
# for that kind of content (code, data, documentation); then the licence of the whole; else none.

# %% [markdown] tags=["es"] of="bfb391da"
# Con OR puedes elegir, así que basta una licencia abierta. Con AND valen todas las condiciones. Una
# licencia desconocida no es abierta ni cerrada: es desconocida. Y **ninguna licencia** es el caso más
# estricto, porque sin permiso quedan reservados todos los derechos.
#
# ¿Qué licencia cubre qué parte? Por este orden: la licencia propia de la parte; luego la de la
# publicación para ese tipo de contenido (código, datos, documentación); luego la del conjunto; si no,
# ninguna.

# %%
from selfhost.openness import Item, Release

mixed = Release(
    "mixed",
    items=(Item("training_code"), Item("datasets"), Item("model_card", licence="CC-BY-4.0")),
    licences={"distribution": "Apache-2.0", "data": "CC-BY-NC-4.0"},
)
for key in ("training_code", "datasets", "model_card"):
    print(f"{key}: {' from '.join(mixed.licence_of(key))}")

# %% [markdown]
# So a release under "Apache 2.0" can hold data that forbids commercial use. That is the usual way
# in which a label says more than the files.

# %% [markdown] tags=["es"] of="c69ea119"
# Así que una publicación «con Apache 2.0» puede contener datos que prohíben el uso comercial. Es la
# manera habitual en que una etiqueta dice más que los ficheros.

# %% [markdown]
# With the licence of each part known, the **four freedoms** of free software can be asked of each
# part: may you *use* it for anything, *study* it, *modify* it, *share* it? "conditional" means:
# under conditions.

# %% [markdown] tags=["es"] of="40b79ea5"
# Sabiendo la licencia de cada parte, se pueden preguntar a cada una las **cuatro libertades** del
# software libre: ¿puedes *usarla* para cualquier cosa, *estudiarla*, *modificarla*, *compartirla*?
# «conditional» quiere decir: con condiciones.

# %%
from selfhost.openness.freedoms import FREEDOMS

for name in ("llama-3", "olmo-2"):
    v = find(name).verdict()
    for key in ("parameters_final", "training_code", "datasets"):
        answers = ", ".join(f"{f} {v.freedoms[key][f]}" for f in FREEDOMS)
        print(f"{name:8} {key:17} {answers}")

# %% [markdown]
# Look at "study" of the parameters. You can look at the numbers of Llama 3, but not at what they
# were made from, so the freedom to study them is restricted whatever the licence says. For OLMo 2
# the data and the code are there: the study can be complete.
#
# ## 5. The whole field at a glance
#
# Now the language models of the catalogue, one row each, one column per component. Before you see
# the picture:

# %% [markdown] tags=["es"] of="0b0a65dd"
# Mira «study» en los parámetros. Puedes mirar los números de Llama 3, pero no de qué se hicieron, así
# que la libertad de estudiarlos está restringida, diga lo que diga la licencia. En OLMo 2 están los
# datos y el código: el estudio puede ser completo.
#
# ## 5. El campo entero de un vistazo
#
# Ahora los modelos de lenguaje del catálogo, una fila para cada uno, una columna por componente. Antes
# de ver la imagen:

# %% tags=["nbval-ignore-output"]
column = predict(
    "Which of these is published by the fewest models?",
    ["final parameters", "model card", "inference code", "training data"],
)
column

# %% [markdown]
# Blue with a dot is what you hope for. Light grey and empty is what nobody wrote down.

# %% [markdown] tags=["es"] of="eec8ebd7"
# Azul con un punto es lo que uno espera encontrar. Gris claro y vacío es lo que nadie escribió.

# %% tags=["nbval-ignore-output"]
from selfhost.openness import pictures
from selfhost.openness.catalogue import select

models = [e for e in select(kind="model") if e.row.modality in ("text", "code", "multimodal")]
show.picture(pictures.heat_map(models), pictures.heat_map_words(models))

# %% [markdown]
# Compare with your guess.

# %% [markdown] tags=["es"] of="b975375f"
# Compara con tu apuesta.

# %% tags=["nbval-ignore-output"]
column.reveal(
    "training data",
    {
        "final parameters": "These come first: without them nobody can run anything.",
        "model card": "Nearly every release has a page that introduces it.",
        "inference code": "Free engines run most architectures, so this is rarely the gap.",
    },
)

# %% [markdown]
# The picture has a shape: blue on the left, where *running* a model is, and thinning out to the
# right, where *making* it is. That is the spectrum, drawn from facts. Note how much is unknown: to
# find out in which class a model is costs work, which is itself one of the open issues.

# %% [markdown] tags=["es"] of="3762c3f1"
# La imagen tiene una forma: azul a la izquierda, donde está lo que hace falta para *ejecutar* un
# modelo, y cada vez más rala hacia la derecha, donde está lo que hace falta para *hacerlo*. Eso es el
# espectro, dibujado a partir de hechos. Fíjate en cuánto no se sabe: averiguar en qué clase está un
# modelo cuesta trabajo, y esa es una de las cuestiones abiertas.

# %% [markdown]
# ## 6. Explore
#
# Choose a model and read its card: class, aspects, reasons, what is missing. The list takes the
# keyboard (Tab to reach it, then letters or arrows). Find a model that surprises you.

# %% [markdown] tags=["es"] of="e3ab59ee"
# ## 6. Explora
#
# Elige un modelo y lee su ficha: clase, aspectos, razones, qué falta. La lista se maneja con el teclado
# (tabulador para llegar a ella; luego, letras o flechas). Encuentra un modelo que te sorprenda.

# %% tags=["nbval-ignore-output"]
from selfhost.widgets.openness import builder, explorer

cards = explorer("llama-3")
cards

# %% [markdown]
# Without the mouse: the same card as text.

# %% [markdown] tags=["es"] of="914e2515"
# Sin ratón: la misma ficha en texto.

# %%
cards.choose("gemma-3")
print(cards.text())

# %% [markdown]
# Now **build your own release**. Tick what you would publish, choose a licence for each part, and
# watch the class, the aspects and the four freedoms (use, study, modify, share) change. Try to
# answer by doing:
#
# 1. What is the smallest set of parts that makes "open source"?
# 2. Give the weights `CC-BY-NC-4.0` and everything else `Apache-2.0`. Which class?
# 3. Tick everything. Now untick one part so that the MOF falls to no class, and the spectrum stays
#    at the top. Is there such a part?

# %% [markdown] tags=["es"] of="b3b1140c"
# Ahora **construye tu propia publicación**. Marca lo que publicarías, elige una licencia para cada
# parte, y mira cómo cambian la clase, los aspectos y las cuatro libertades (usar, estudiar, modificar,
# compartir). Intenta responder haciéndolo:
#
# 1. ¿Cuál es el conjunto más pequeño de partes que da «open source»?
# 2. Pon a los pesos `CC-BY-NC-4.0` y a todo lo demás `Apache-2.0`. ¿Qué clase sale?
# 3. Márcalo todo. Ahora quita una parte de manera que el MOF se quede sin clase y el espectro siga
#    arriba del todo. ¿Existe tal parte?

# %% tags=["nbval-ignore-output"]
mine = builder(["parameters_final"])
mine

# %% [markdown]
# The third question by program: untick each part in turn, and see what the two definitions say.

# %% [markdown] tags=["es"] of="5aa808a8"
# La tercera pregunta, con un programa: quita cada parte por turno, y mira qué dicen las dos
# definiciones.

# %%
parts = list(components())
for name in parts:
    rest = [other for other in parts if other != name]
    verdict = judge(release("all but one", rest, licence="OpenMDW-1.0"))
    if verdict.spectrum.name == "reproducible" and verdict.mof.name is None:
        print(components()[name].name)

# %% [markdown]
# Without a model card, a data card or published results the Framework gives no class, since its
# first class already asks for them; the spectrum does not ask. Definitions are made for a purpose, and
# these two have different ones.

# %% [markdown] tags=["es"] of="ce80e026"
# Sin ficha del modelo, sin ficha de los datos o sin resultados publicados el Framework no da ninguna
# clase, porque ya los pide la primera; el espectro no los pide. Las definiciones se hacen para algo, y
# estas dos se hicieron para cosas distintas.

# %% [markdown]
# ## 7. Where definitions disagree
#
# Three definitions side by side:
#
# - the workshop's **spectrum**: six classes, graded by what a self-hoster gains;
# - the **Model Openness Framework**: class III *open model*, II *open tooling*, I *open science*;
#   a part counts only under an open licence, and each class needs the one before;
# - the OSI's **Open Source AI Definition** 1.0: yes or no; code, parameters and "data information"
#   under open terms, but not the training data itself.

# %% [markdown] tags=["es"] of="90d8c185"
# ## 7. Donde las definiciones no están de acuerdo
#
# Tres definiciones, una al lado de otra:
#
# - el **espectro** del curso: seis clases, graduadas por lo que gana quien aloja el modelo;
# - el **Model Openness Framework**: clase III, *open model*; II, *open tooling*; I, *open science*; una
#   parte cuenta solo con una licencia abierta, y cada clase necesita la anterior;
# - la **Open Source AI Definition** 1.0 de la OSI: sí o no; código, parámetros e «información sobre los
#   datos» en términos abiertos, pero no los propios datos de entrenamiento.

# %%
names = ["llama-3", "qwen3", "deepseek", "olmo-2", "apertus", "llm360-amber"]
rows = []
for name in names:
    v = find(name).verdict()
    osaid = {True: "yes", False: "no", None: "not known"}[v.osaid.answer]
    rows.append((v.release.name, v.spectrum.name, v.mof.name or "none", osaid))
show.table(rows, ["model", "spectrum", "MOF class", "OSI definition"])

# %% [markdown]
# OLMo 2, as open as it gets, has no MOF class in our catalogue. Why? Ask it.

# %% [markdown] tags=["es"] of="3d67373a"
# OLMo 2, de lo más abierto que hay, no tiene clase del MOF en nuestro catálogo. ¿Por qué? Pregúntale.

# %%
for finding in find("olmo-2").verdict().mof.missing():
    print(finding.text)

# %% [markdown]
# The report is public, and our catalogue does not know under which *licence*. A document that
# everybody may read is not yet one that everybody may copy or translate. Somebody who looks up
# that licence can change the verdict: this is how you argue with a result.
#
# The workshop itself placed models on its spectrum, by eye and at a date. Here is every model where
# our rules come to another class, with the reason.

# %% [markdown] tags=["es"] of="6e2fa5fc"
# El informe es público, y nuestro catálogo no sabe con qué *licencia*. Un documento que todos pueden
# leer no es todavía uno que todos puedan copiar o traducir. Quien busque esa licencia puede cambiar el
# veredicto: así se discute con un resultado.
#
# El propio curso colocó modelos en su espectro, a ojo y en una fecha. Aquí está cada modelo en el que
# nuestras reglas llegan a otra clase, con la razón.

# %%
from selfhost.openness.catalogue import differences

show.table(
    [(d["name"], d["workshop"], d["derived"], d["why"]) for d in differences()],
    ["model", "workshop", "derived", "what is missing"],
)

# %% [markdown]
# Two of these deserve a discussion.
#
# **DeepSeek V3** (Qwen3 and GPT-OSS are alike): the workshop put it under open source (2025-08).
# The licence is MIT, the report explains a lot, the inference code is public. But the program that
# trained it is not, and nobody could train it again from a report. By our rules that is *open
# weight*, and by the OSI's definition it is not open source. The workshop's placing shows how the words are used; the rule
# shows what they promise. Do you need the training code? To *run* it, no. To *check* it, yes.
#
# **Apertus** (and MAP-Neo, LLM360 K2): placed under reproducible (2025-09), and derived only *open
# source*, because we did not find one licence for the training data. It is published as recipes
# over many data sets with terms of their own. Is that "the data is published"? For somebody who
# wants to repeat the training, yes. For somebody who wants to pass the data on, perhaps not. The
# derived class is the cautious one, and one good source would raise it. (A second thorn: whoever
# downloads the weights from their page accepts a usage policy; whoever gets a copy from somebody
# else gets it under Apache 2.0 alone. Is the licence then open? Discuss.)

# %% [markdown] tags=["es"] of="55f4c8e7"
# Dos de ellos merecen una discusión.
#
# **DeepSeek V3** (con Qwen3 y GPT-OSS pasa lo mismo): el curso lo puso en código abierto (2025-08). La
# licencia es la MIT, el informe explica mucho, el código de inferencia es público. Pero el programa con
# que se entrenó no lo es, y nadie podría volver a entrenarlo a partir de un informe. Según nuestras
# reglas, eso son *pesos abiertos*, y según la definición de la OSI no es código abierto. La colocación
# del curso muestra cómo se usan las palabras; la regla, qué prometen. ¿Necesitas el código de
# entrenamiento? Para *ejecutarlo*, no. Para *comprobarlo*, sí.
#
# **Apertus** (y MAP-Neo, LLM360 K2): colocado en reproducible (2025-09), y por derivación solo *código
# abierto*, porque no encontramos una licencia única para los datos de entrenamiento. Se publican como
# recetas sobre muchos conjuntos de datos con sus propios términos. ¿Es eso «los datos están
# publicados»? Para quien quiera repetir el entrenamiento, sí. Para quien quiera pasar los datos a
# otros, quizá no. La clase derivada es la prudente, y una buena fuente la subiría. (Una segunda espina:
# quien descarga los pesos de su página acepta una política de uso; quien recibe una copia de otro la
# recibe solo con Apache 2.0. ¿Es abierta entonces la licencia? A debate.)

# %% [markdown]
# And your guess from the beginning? Which of the four publish what training needs?

# %% [markdown] tags=["es"] of="616cd5d0"
# ¿Y tu apuesta del principio? ¿Cuáles de los cuatro publican lo que necesita un entrenamiento?

# %%
needed = ("training_code", "datasets", "preprocessing_code")
for name in ["llama-3", "deepseek", "qwen3", "olmo-2"]:
    states = find(name).verdict().states
    print(f"{name}: {[states[key].status for key in needed]}")

# %% [markdown]
# The words are the states of training code, data sets and preparation code.

# %% [markdown] tags=["es"] of="6d403f19"
# Las palabras son los estados del código de entrenamiento, de los conjuntos de datos y del código que
# los preparó.

# %% tags=["nbval-ignore-output"]
guess.reveal(
    "one",
    {
        "none": "There are a few. They are rare enough to be easily overlooked.",
        "two": "Weights under a free licence are common; all that made them is rare.",
        "all four": "All four let you run them. Running and training again are far apart.",
    },
)

# %% [markdown]
# ## 8. Audit files, not words
#
# The catalogue rests on statements. Where the files themselves are at hand, we can do better: open
# them. `selfhost openness audit` reads a folder (README, LICENSE, config.json, GGUF headers, or a
# description in the Framework's YAML) and says what it found, what it did not find, and what
# follows. This is the model that comes with the course.

# %% [markdown] tags=["es"] of="dffced36"
# ## 8. Auditar ficheros, no palabras
#
# El catálogo se apoya en declaraciones. Cuando tenemos los ficheros delante podemos hacer algo mejor:
# abrirlos. `selfhost openness audit` lee una carpeta (README, LICENSE, config.json, cabeceras GGUF, o
# una descripción en el YAML del Framework) y dice qué encontró, qué no encontró y qué se sigue. Este es
# el modelo que viene con el curso.

# %% tags=["nbval-ignore-output"]
# !selfhost openness audit aprendiz

# %% [markdown]
# Do not take our word for the course's own model either. `models/aprendiz/openness.yaml` is the
# description that the audit held against the files; delete a file it names, in a copy, and the class
# falls. Where the program sees a statement that it cannot check, it says so under a heading of its
# own, "To be judged by you"; in the lab you will meet one.
#
# A licence is recognised by its *words*. Here is the licence of aprendiz, and then the same text
# with two letters less in one word; would you have noticed?

# %% [markdown] tags=["es"] of="29e012be"
# Tampoco del modelo del curso te fíes de nuestra palabra. `models/aprendiz/openness.yaml` es la
# descripción que la auditoría comparó con los ficheros; borra en una copia un fichero que nombre, y la
# clase baja. Cuando el programa ve una declaración que no puede comprobar, lo dice bajo un título
# propio, «To be judged by you»; en la práctica encontrarás uno.
#
# Una licencia se reconoce por sus *palabras*. Aquí está la licencia de aprendiz, y después el mismo
# texto con dos letras menos en una palabra; ¿lo habrías notado?

# %%
from selfhost.openness.licence_text import identify
from selfhost.paths import shipped_models

text = (shipped_models() / "aprendiz" / "LICENSE").read_text(encoding="utf-8")
print(identify(text).how)
print(identify(text.replace("irrevocable", "revocable")).how)

# %% [markdown]
# Two letters, and what you were given could be taken back any day. But an audit of names and texts
# has limits: it sees that there is a file called `train.py`, and not whether this file trained the
# model. Whether a declaration is true can be checked only by training again, and that is what
# "reproducible" makes possible.
#
# Two releases side by side, in a terminal: `selfhost openness compare qwen3 olmo-2`.

# %% [markdown] tags=["es"] of="191cd983"
# Dos letras, y lo que te dieron te lo podrían quitar cualquier día. Pero una auditoría de nombres y
# textos tiene límites: ve que hay un fichero llamado `train.py`, y no si ese fichero entrenó el modelo. Si una declaración es verdadera solo se puede comprobar entrenando otra
# vez, y eso es lo que «reproducible» hace posible.
#
# Dos publicaciones, una al lado de otra, en un terminal: `selfhost openness compare qwen3 olmo-2`.

# %%
from selfhost.openness.compare import compare
from selfhost.openness.report import table

print("\n".join(table(compare(find("qwen3").verdict(), find("olmo-2").verdict()))))

# %% [markdown]
# ## 9. "Ethical" models, and what a sum hides
#
# Some licences forbid uses (RAIL licences, acceptable use policies), some releases promise ethical
# data. What counts as ethical differs from reader to reader, so people make rankings. One of them,
# TrustOLLM, gave points for data legality, transparency, bias audit, opt-out and CO2, out of 25 (the
# sums as the workshop showed them, without a date; we have not found the ranking again, 2026-11):

# %% [markdown] tags=["es"] of="aa238dac"
# ## 9. Modelos «éticos», y qué esconde una suma
#
# Algunas licencias prohíben usos (licencias RAIL, políticas de uso aceptable), algunas publicaciones
# prometen datos éticos. Qué cuenta como ético depende de quien lee, así que hay quien hace
# clasificaciones. Una de ellas, TrustOLLM, daba puntos por la legalidad de los datos, la transparencia,
# la auditoría de sesgos, la exclusión voluntaria y el CO2, sobre 25 (las sumas, como las mostró el
# taller, sin fecha; no hemos vuelto a encontrar la clasificación, 2026-11):

# %%
points = {"phi-3": 20, "snowflake-arctic": 17, "claude-3.7-sonnet": 16, "gemma-2": 15,
          "llama-3": 14, "gpt-4o": 13}
show.table(
    [(find(name).row.name, total, find(name).derived) for name, total in points.items()],
    ["model", "points of 25", "class by our rules"],
)

# %% [markdown]
# A model that one can reach only over its maker's API stands above two whose weights anyone may
# download and study. How can that be? It is a **sum**: good marks in one column make up for bad
# ones in another. We have only the totals. If each of the five criteria gives up to 5 points (our
# assumption), how many different reports lead to the same total?

# %% [markdown] tags=["es"] of="ccecccec"
# Un modelo al que solo se llega por la API de quien lo hace queda por encima de dos cuyos pesos puede
# descargar y estudiar cualquiera. ¿Cómo es posible? Es una **suma**: las buenas notas de una columna
# compensan las malas de otra. Solo tenemos los totales. Si cada uno de los cinco criterios da hasta 5
# puntos (suposición nuestra), ¿cuántos informes distintos llevan al mismo total?

# %%
from itertools import product

ways = {total: 0 for total in points.values()}
for marks in product(range(6), repeat=5):
    if sum(marks) in ways:
        ways[sum(marks)] += 1
print(ways)

# %% [markdown]
# Hundreds of very different reports lead to the same 16. Among them is one with full marks in
# three criteria, one point in a fourth and nothing in the fifth. A ranking that shows only sums hides the question that *you* would ask. A list of reasons, such as our cards,
# does not rank, and lets you weigh for yourself.

# %% [markdown] tags=["es"] of="969b4605"
# Cientos de informes muy distintos llevan a los mismos 16. Entre ellos, uno con la nota máxima en tres
# criterios, un punto en un cuarto y nada en el quinto. Una clasificación que solo enseña sumas esconde
# la pregunta que harías *tú*. Una lista de razones, como nuestras fichas, no clasifica, y te deja
# sopesar a ti.

# %% [markdown]
# ## 10. Open issues
#
# - Data, recipes, architecture, weights and software are entangled; a class is a simplification.
# - Several classes lack an exact definition. Ours are rules, so that you can disagree precisely.
# - It is hard to find out in which class a model is: look at the empty cells of the picture.
# - What is the class of a **fine-tune**? Tülu 3 publishes all of its own data and code, on top of
#   Llama 3.1, whose licence and missing data it inherits.
# - How can one check that a declaration is true?
# - Debian discusses an interpretation of its guidelines that asks for more than the OSI does.
# - For research: a study that uses a model should say which one, which weights and which engine;
#   guidelines for empirical studies in software engineering ask for it ([llm-guidelines.org](https://llm-guidelines.org)).
#   Only classes from "available weights" up will still be there when somebody wants to repeat it.

# %% [markdown] tags=["es"] of="bc3297ea"
# ## 10. Cuestiones abiertas
#
# - Datos, recetas, arquitectura, pesos y programas están enredados; una clase es una simplificación.
# - A varias clases les falta una definición exacta. Las nuestras son reglas, para que puedas no estar de
#   acuerdo con precisión.
# - Es difícil averiguar en qué clase está un modelo: mira las celdas vacías de la imagen.
# - ¿Cuál es la clase de un **ajuste fino**? Tülu 3 publica todos sus datos y su código, sobre Llama 3.1,
#   cuya licencia y cuyos datos que faltan hereda.
# - ¿Cómo se puede comprobar que una declaración es verdadera?
# - Debian discute una interpretación de sus directrices que pide más que la OSI.
# - Para la investigación: un estudio que usa un modelo debería decir cuál, qué pesos y qué motor; lo
#   piden unas guías para estudios empíricos en ingeniería del software
#   ([llm-guidelines.org](https://llm-guidelines.org)). Solo las clases de «available weights» para arriba
#   seguirán ahí cuando alguien quiera repetirlo.

# %% [markdown]
# ## Check yourself
#
# <details><summary>A firm publishes weights under MIT, and nothing else. Which class, and what is
# missing for the next?</summary>
#
# Open weight. Missing for open source: architecture, training code and inference code under open
# licences, a report, and information about the data.
# </details>
#
# <details><summary>The weights of a model lie on the web without any licence. May you use
# them?</summary>
#
# Nobody has given you permission: without a licence all rights are reserved. You *can* run them,
# so they are "available"; whether you *may* is another matter.
# </details>
#
# <details><summary>Why is data control complete from "available weights" on, although the licence
# has conditions?</summary>
#
# Because you run the model on a machine of yours. The conditions are about use, changes and
# passing on; no licence sends your prompts anywhere.
# </details>
#
# <details><summary>Can a model meet the OSI's definition and not be reproducible?</summary>
#
# Yes. The definition asks for *information* about the data, detailed enough to build an equivalent
# system, and not for the data itself.
# </details>

# %% [markdown] tags=["es"] of="b9ffceee"
# ## Compruébalo
#
# <details><summary>Una empresa publica unos pesos con licencia MIT, y nada más. ¿Qué clase es, y qué falta
# para la siguiente?</summary>
#
# Pesos abiertos. Para código abierto faltan: la arquitectura, el código de entrenamiento y el de
# inferencia con licencias abiertas, un informe, e información sobre los datos.
# </details>
#
# <details><summary>Los pesos de un modelo están en la web sin ninguna licencia. ¿Puedes
# usarlos?</summary>
#
# Nadie te ha dado permiso: sin licencia quedan reservados todos los derechos. *Puedes* ejecutarlos, así
# que están «disponibles»; si *te está permitido* es otra cuestión.
# </details>
#
# <details><summary>¿Por qué es completo el control de los datos desde «available weights», aunque la
# licencia tenga condiciones?</summary>
#
# Porque ejecutas el modelo en una máquina tuya. Las condiciones tratan del uso, de los cambios y de
# pasarlo a otros; ninguna licencia envía tus preguntas a ninguna parte.
# </details>
#
# <details><summary>¿Puede un modelo cumplir la definición de la OSI y no ser reproducible?</summary>
#
# Sí. La definición pide *información* sobre los datos, tan detallada que se pueda construir un sistema
# equivalente, y no los propios datos.
# </details>
