# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
#   kit:
#     title: Audit a model
#     minutes: 15
#     exercises: 60
#     objectives:
#       - tell a licence by its text, not by its title
#       - describe a release in the format of the Model Openness Tool, each part with its evidence
#       - derive the class of a release, and defend it with file, words and rule
#       - say where two definitions disagree about the same release
#     needs: []
#     next: 03_apis
#     es:
#       title: Audita un modelo
#       objectives:
#         - reconocer una licencia por su texto, no por su título
#         - describir una publicación en el formato del Model Openness Tool, cada parte con su prueba
#         - derivar la clase de una publicación, y defenderla con fichero, palabras y regla
#         - decir dónde dos definiciones no coinciden sobre la misma publicación
# ---

# %% [markdown]
# You are asked for advice: three models are on the table, all three "open". Which of them may your
# university run, change, pass on, and check? In this lab you open the releases and find out. All
# three are **fictional**: the firms, the university and the scores do not exist, and the weights
# are random numbers. The tricks are taken from life.
#
# You need notebook 02 (the classes and their requirements). Each exercise has a check that says
# where to look next; it never shows an error of Python's.

# %% [markdown] tags=["es"] of="6a017ac1"
# Te piden consejo: hay tres modelos sobre la mesa, los tres «abiertos». ¿Cuáles de ellos puede tu universidad
# ejecutar, cambiar, pasar a otros y comprobar? En esta práctica abres las publicaciones y lo averiguas. Las
# tres son **ficticias**: las empresas, la universidad y las puntuaciones no existen, y los pesos son números al
# azar. Los trucos están tomados de la vida real.
#
# Necesitas el cuaderno 02 (las clases y sus requisitos). Cada ejercicio tiene una comprobación que dice dónde
# mirar después; nunca muestra un error de Python.

# %%
from selfhost.checks import Checks
from selfhost.openness import lab1

check = Checks("Lab 1")
for name in lab1.RELEASES:
    print(f"{name}: {', '.join(lab1.files(name))}\n")

# %% [markdown]
# ## 1. Read the licences
#
# Each release has a file called LICENSE, and each has a model card (README.md) that says a licence
# too. Begin with the card of Halcón.

# %% [markdown] tags=["es"] of="b7afaddb"
# ## 1. Lee las licencias
#
# Cada publicación tiene un fichero que se llama LICENSE, y cada una tiene una ficha del modelo (README.md) que
# también dice una licencia. Los ficheros están en inglés, como los de verdad. Empieza por la ficha de Halcón.

# %%
lab1.show_file("halcon", "README.md")

# %% [markdown]
# And now what it refers to. Read it to the end.

# %% [markdown] tags=["es"] of="317a8851"
# Y ahora, aquello a lo que remite. Léelo hasta el final.

# %%
lab1.show_file("halcon", "LICENSE")

# %% [markdown]
# The other two are long. The beginning is enough here; the audit compares the rest, word by word,
# with the standard text.

# %% [markdown] tags=["es"] of="2d5f620d"
# Los otros dos son largos. Aquí basta el principio; la auditoría compara el resto, palabra por palabra, con el
# texto normalizado.

# %%
lab1.show_file("alondra", "LICENSE", 6)
lab1.show_file("teide", "LICENSE", 6)

# %% [markdown]
# **Exercise 1.** Which licence does each LICENSE file really contain? Choose from `"MIT"`,
# `"Apache-2.0"`, `"CC-BY-4.0"` and `"a changed text"` (a standard licence with words added).

# %% [markdown] tags=["es"] of="30ceb6f9"
# **Ejercicio 1.** ¿Qué licencia contiene de verdad cada fichero LICENSE? Elige entre `"MIT"`, `"Apache-2.0"`,
# `"CC-BY-4.0"` y `"a changed text"` (una licencia conocida a la que se han añadido palabras).

# %%
licence = {"halcon": ..., "alondra": ..., "teide": ...}
### BEGIN HINT
# MIT has three paragraphs: a permission, one condition, and a disclaimer in capitals.
### END HINT
### BEGIN SOLUTION
licence["halcon"] = "a changed text"
licence["alondra"] = "Apache-2.0"
licence["teide"] = "Apache-2.0"
### END SOLUTION

# %% [markdown]
# Ask the check. It compares with the texts themselves, and hints where to read again.

# %% [markdown] tags=["es"] of="7abe9598"
# Pregunta a la comprobación. Compara con los propios textos, y da una pista de dónde volver a leer.

# %%
check("1", "the licences", lab1.licences, licence)

# %% [markdown]
# ## 2. Describe Alondra
#
# Alondra says that "everything that we used to make it is in this folder". We do not believe that,
# and we do not deny it: we list the parts, each with a file that shows it. Here are the files
# again, and one of them in full.

# %% [markdown] tags=["es"] of="ef48f046"
# ## 2. Describe Alondra
#
# Alondra dice que en su carpeta está «todo lo que usamos para hacerlo». Ni lo creemos ni lo negamos:
# hacemos la lista de las partes, cada una con un fichero que la muestra. Aquí están otra vez los ficheros, y
# uno de ellos entero.

# %%
print("\n".join(lab1.files("alondra")))
lab1.show_file("alondra", "README.md")

# %% [markdown]
# These are the components that the Model Openness Framework knows, with what each is in plain
# words.

# %% [markdown] tags=["es"] of="9f627a57"
# Estos son los componentes que conoce el Model Openness Framework, y qué es cada uno en palabras sencillas.

# %%
from selfhost import show
from selfhost.openness import components

show.table([(c.name, c.plain) for c in components().values()], ["component", "what it is"])

# %% [markdown]
# **Exercise 2.** For each component that Alondra publishes, name one file that shows it. Leave out
# what is not there. One file may show two things. Open files when the name is not enough:
# `lab1.show_file("alondra", "docs/report.md")`.

# %% [markdown] tags=["es"] of="9c269ec8"
# **Ejercicio 2.** Para cada componente que Alondra publica, nombra un fichero que lo muestre. Deja fuera lo que
# no está. Un fichero puede mostrar dos cosas. Abre los ficheros cuando el nombre no baste:
# `lab1.show_file("alondra", "docs/report.md")`.

# %%
found = {
    "Model architecture": "model.py",
    "Evaluation results": "README.md",  # a table of scores in the card
    "Model metadata": "train_log.jsonl",
}
### BEGIN HINT
# found["Data card"] = "the file that says where the data comes from"
# There are eleven more. Go through the list of components from top to bottom.
### END HINT
### BEGIN SOLUTION
found["Model parameters (Final)"] = "model.safetensors"
found["Model parameters (Intermediate)"] = "checkpoints/step-21000.safetensors"
found |= {"Model card": "README.md", "Data card": "DATA_CARD.md"}
found |= {"Technical report": "docs/report.md", "Research paper": "docs/paper.md"}
found |= {"Training code": "train.py", "Inference code": "inference.py"}
found |= {"Datasets": "data/corpus.jsonl", "Data preprocessing code": "prepare_data.py"}
found["Supporting libraries and tools"] = "requirements.txt"
### END SOLUTION

# %% [markdown]
# Check your list. A hint names one part that is still missing, or one that is not there.

# %% [markdown] tags=["es"] of="d3879d9f"
# Comprueba tu lista. La pista nombra una parte que todavía falta, o una que no está.

# %%
check("2", "the parts of Alondra", lab1.found_parts, "alondra", found)

# %% [markdown]
# A part counts only under an open licence. Alondra has three LICENSE files; the nearest one above
# a file decides.
#
# **Exercise 3.** Which licence covers the code, the data, and the documents in `docs/`? Use SPDX
# identifiers.

# %% [markdown] tags=["es"] of="e916e803"
# Una parte solo cuenta con una licencia abierta. Alondra tiene tres ficheros LICENSE; decide el más cercano por
# encima de cada fichero.
#
# **Ejercicio 3.** ¿Qué licencia cubre el código, los datos y los documentos de `docs/`? Usa identificadores
# SPDX.

# %%
licences = {"code": ..., "data": ..., "documentation": ...}
### BEGIN HINT
# lab1.show_file("alondra", "data/LICENSE")
### END HINT
### BEGIN SOLUTION
licences["code"] = "Apache-2.0"
licences["data"] = licences["documentation"] = "CC-BY-4.0"
### END SOLUTION

# %% [markdown]
# Check the three licences.

# %% [markdown] tags=["es"] of="c7565e64"
# Comprueba las tres licencias.

# %%
check("3", "licences by kind", lab1.scope_licences, "alondra", licences)

# %% [markdown]
# Parts and licences together are a description. (The weights are data by kind, but they lie beside
# the code: the nearest LICENSE gives them a licence of their own, and so it does for the two
# cards.) This is the format in which the public Model Openness Tool keeps its list of models, so
# what you wrote could be sent there (for a real one).

# %% [markdown] tags=["es"] of="e5bf47c9"
# Las partes y las licencias juntas son una descripción. (Los pesos son, por su tipo, datos, pero están al lado
# del código: el LICENSE más cercano les da una licencia propia, y lo mismo a las dos fichas.) Este es el formato
# en que el Model Openness Tool, que es público, guarda su lista de modelos, así que lo que has escrito se podría
# enviar allí (si el modelo fuera de verdad).

# %%
text = "(after exercises 2 and 3)"
if check.done("2", "3"):
    text = lab1.description("alondra", found, licences)
print(text[:700], "…" if check.done("2", "3") else "")

# %% [markdown]
# ## 3. The classes
#
# **Exercise 4.** Now all three. Derive the class of each release by hand, from its files and the
# requirements in notebook 02: `"behind-app"`, `"directly accessible"`, `"available weights"`,
# `"open weight"`, `"open source"` or `"reproducible"`. Teide's files are short:

# %% [markdown] tags=["es"] of="852e5cb6"
# ## 3. Las clases
#
# **Ejercicio 4.** Ahora, las tres. Deriva a mano la clase de cada publicación, a partir de sus ficheros y de los
# requisitos del cuaderno 02: `"behind-app"`, `"directly accessible"`, `"available weights"`, `"open weight"`,
# `"open source"` o `"reproducible"`. Los ficheros de Teide son cortos:

# %%
lab1.show_file("teide", "README.md")
lab1.show_file("teide", "REPORT.md")

# %% [markdown]
# Write down what you found.

# %% [markdown] tags=["es"] of="0b0e3b76"
# Apunta lo que has encontrado.

# %%
classes = {"halcon": ..., "alondra": ..., "teide": ...}
### BEGIN HINT
# Climb from below: may anyone download the weights? Under an open licence? Is there code that
# trained them, and a description of the data? Is the data itself there?
### END HINT
### BEGIN SOLUTION
classes["halcon"] = "available weights"
classes["teide"] = "open weight"
classes["alondra"] = "reproducible"
### END SOLUTION

# %% [markdown]
# Check the classes: a hint says "too high" or "more than that", never which.

# %% [markdown] tags=["es"] of="0113003f"
# Comprueba las clases: una pista dice «demasiado alta» o «es más que eso», nunca cuál es la buena.

# %%
check("4", "the classes", lab1.classes, classes)

# %% [markdown]
# Once the check is content, compare your reading with that of the program, which looks at nothing
# but files. (In a terminal: `selfhost openness audit labs/data/halcon`.)

# %% [markdown] tags=["es"] of="2ae243ec"
# Cuando la comprobación esté conforme, compara tu lectura con la del programa, que no mira más que ficheros.
# (En un terminal: `selfhost openness audit labs/data/halcon`.)

# %%
from selfhost.openness.audit import audit
from selfhost.openness.report import lines

if check.done("4"):
    print("\n".join(lines(audit(lab1.folder("halcon")))))
else:
    print("(after exercise 4)")

# %% [markdown]
# **Exercise 5.** The Model Openness Framework is less content with Alondra than the spectrum is:
# it stops at class III. Which two components are missing for class II?

# %% [markdown] tags=["es"] of="19a6143d"
# **Ejercicio 5.** El Model Openness Framework está menos contento con Alondra que el espectro: se para en la
# clase III. ¿Qué dos componentes faltan para la clase II?

# %%
missing = []
### BEGIN HINT
# What would you need to measure the scores in the card again?
### END HINT
### BEGIN SOLUTION
missing = ["Evaluation code", "Evaluation data"]
### END SOLUTION

# %% [markdown]
# Check whether these two are what stops it.

# %% [markdown] tags=["es"] of="f171330a"
# Comprueba si son estos dos los que lo paran.

# %%
check("5", "where the MOF stops", lab1.stops, missing)

# %% [markdown]
# The rules turn your description into a verdict, with reasons.

# %% [markdown] tags=["es"] of="a667cc79"
# Las reglas convierten tu descripción en un veredicto, con razones.

# %%
if check.done("2", "3", "5"):
    print("\n".join(lines(lab1.judged(text))))
else:
    print("(after exercises 2, 3 and 5)")

# %% [markdown]
# So one definition says "everything to make it again", and another "not even open tooling". Both
# are right about what they ask. Which matters more for your use?

# %% [markdown] tags=["es"] of="ef31cf3e"
# Así que una definición dice «todo para volver a hacerlo», y otra, «ni siquiera *open tooling*». Las dos tienen
# razón en lo que preguntan. ¿Cuál importa más para lo que tú quieres hacer?

# %% [markdown]
# ## 4. Defend it
#
# **Exercise 6.** The sales team of Halcón writes: "It is under the MIT licence, hence open source."
# Answer in at least 40 words: in which file is the evidence, which words decide, which class is it
# and which is it not? The check looks for these four things; whether your argument convinces is
# for your neighbour to say. Swap and find out.

# %% [markdown] tags=["es"] of="edae89e3"
# ## 4. Defiéndelo
#
# **Ejercicio 6.** El equipo de ventas de Halcón escribe: «Tiene la licencia MIT; luego es código abierto».
# Responde con al menos 40 palabras: en qué fichero está la prueba, qué palabras deciden, qué clase es y cuál no
# es. La comprobación busca estas cuatro cosas; si tu argumento convence, que lo diga quien se sienta a tu lado.
# Intercambiad los textos y lo sabréis. (La comprobación entiende el inglés y el español.)

# %%
defence = ...
### BEGIN HINT
# "The card says …, but the file … adds: '…'. So …"
### END HINT
### BEGIN SOLUTION
defence = """The card says MIT, and the file LICENSE begins like MIT, but a paragraph was added:
products with more than 10,000 monthly active users and any use in education, health or public
administration need a commercial agreement. A condition on who may use it for what is against both
the Open Source Definition and the Open Weight Definition. The weights can be downloaded, under
conditions: the class is available weights, not open weight and not open source."""
### END SOLUTION

# %% [markdown]
# Check the form of your argument.

# %% [markdown] tags=["es"] of="51669799"
# Comprueba la forma de tu argumento.

# %%
check("6", "your defence", lab1.defence, defence)

# %% [markdown]
# ## 5. A real one
#
# **Exercise 7.** Choose a real model from the catalogue, and one component about which the
# catalogue does not know anything. Look it up: on the model's page, in its repository, in its
# report. Note what you found, where, and on which day: pages change. This is how the catalogue
# grows.

# %% [markdown] tags=["es"] of="be1008d9"
# ## 5. Uno de verdad
#
# **Ejercicio 7.** Elige en el catálogo un modelo de verdad, y un componente del que el catálogo no sepa nada.
# Búscalo: en la página del modelo, en su repositorio, en su informe. Apunta qué encontraste, dónde y qué día: las
# páginas cambian. Así crece el catálogo.

# %%
from selfhost.openness.catalogue import find

entry = find("granite-code")
states = entry.verdict().states.values()
print([s.component.name for s in states if s.status in ("unknown", "unclear")])

# %% [markdown]
# Fill in the five values for a model of your choice. Without a network, use what you remember and
# write "not checked" into the fact.

# %% [markdown] tags=["es"] of="63a9c8fa"
# Rellena los cinco valores para el modelo que elijas. Sin red, usa lo que recuerdes y escribe en `fact` «not
# checked» (sin comprobar).

# %%
model = unknown = fact = source = date = ...
### BEGIN HINT
# model = "an id from: selfhost openness list --kind model"
### END HINT
### BEGIN SOLUTION
model, unknown = "granite-code", "Training code"
fact = """Not checked again today: the workshop noted little information on training in 2024-11,
and the model card speaks of stages and data sets, not of a repository to train with."""
source, date = "https://github.com/ibm-granite", "2026-11-20"
### END SOLUTION

# %% [markdown]
# Check what you looked up.

# %% [markdown] tags=["es"] of="d6adfef6"
# Comprueba lo que has buscado.

# %%
check("7", "a real model", lab1.own_model, model, unknown, fact, source, date)

# %% [markdown]
# ## The end of the lab
#
# How far did you come?

# %% [markdown] tags=["es"] of="d82c4ed0"
# ## El final de la práctica
#
# ¿Hasta dónde has llegado?

# %%
print(check.summary())

# %% [markdown]
# **To discuss.** Is Alondra really reproducible when nobody can repeat its evaluation? What would
# Teide have to publish to be open source, and what would it lose? Who should check claims such as
# Halcón's: the platform, the customer, a regulator?

# %% [markdown] tags=["es"] of="8e08b45b"
# **Para discutir.** ¿Es Alondra reproducible de verdad si nadie puede repetir su evaluación? ¿Qué tendría que
# publicar Teide para ser código abierto, y qué perdería? ¿Quién debería comprobar afirmaciones como las de
# Halcón: la plataforma, el cliente, un organismo regulador?
