# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
#   kit:
#     title: Thirty laptops are an experiment
#     minutes: 10
#     exercises: 35
#     objectives:
#       - run a small experiment so that others can repeat it
#       - compare the results of a room, and say which laptops agree
#       - find the field of two stack cards that explains a difference
#       - say what equal results allow to claim, and what they do not
#     needs: [endpoint]
#     next: 15_silent_hyperparameter
#     es:
#       title: Treinta portátiles son un experimento
#       objectives:
#         - hacer un experimento pequeño de manera que otros puedan repetirlo
#         - comparar los resultados de un aula, y decir qué portátiles coinciden
#         - encontrar en dos fichas del entorno (stack cards) el campo que explica una diferencia
#         - decir qué permiten afirmar unos resultados iguales, y qué no
# ---

# %% [markdown]
# Everybody in the room has the same model file (its hash says so), the same prompts and the same
# settings. The laptops differ: other processors, other systems, other years. **Will all of you get
# the same text, byte for byte?** Nobody here knows it beforehand, the teacher neither. In this lab
# the room itself is the experiment.
#
# You need notebook 14. If you are alone, your machine will play several laptops, with really
# different set-ups; the measurements are as real as in a room.

# %% [markdown] tags=["es"] of="e34c74e2"
# Todo el mundo en el aula tiene el mismo fichero de modelo (lo dice su resumen criptográfico), las
# mismas preguntas y los mismos ajustes. Los portátiles son distintos: otros procesadores, otros
# sistemas, otros años. **¿Os saldrá a todos el mismo texto, byte por byte?** Aquí nadie lo sabe de
# antemano, tampoco quien da la clase. En esta práctica el aula misma es el experimento.
#
# Necesitas el cuaderno 14. Si trabajas a solas, tu máquina hará de varios portátiles, con entornos
# distintos de verdad; las medidas son tan reales como en un aula.

# %% tags=["nbval-ignore-output"]
from selfhost.endpoint import endpoint

at = endpoint()
print(at.describe())

# %% [markdown]
# Commit yourself before anybody runs anything.

# %% [markdown] tags=["es"] of="884d386b"
# Apuesta antes de que nadie ejecute nada.

# %% tags=["nbval-ignore-output"]
from selfhost.widgets.predict import predict

guess = predict(
    "Thirty different laptops, everything pinned. How many groups of identical results?",
    ["one: all agree", "two or three", "nearly thirty"],
)
guess

# %% [markdown]
# ## 1. Run it
#
# Six prompts, English and Spanish, temperature 0, top_k 1, a seed, no penalties, in reproducible
# mode: everything that notebook 14 taught to pin is pinned.

# %% [markdown] tags=["es"] of="568f468f"
# ## 1. Ejecútalo
#
# Seis preguntas, en inglés y en español, temperatura 0, top_k 1, una semilla, sin penalizaciones, en
# modo reproducible: está fijado todo lo que el cuaderno 14 enseñó a fijar.

# %%
from selfhost.classroom import lab5

print(lab5.PINNED)
for prompt in lab5.PROMPTS:
    print("-", prompt)

# %% [markdown]
# This takes some seconds. What comes back is a **stack card**: what ran, and the hashes of the six
# outputs. (Hashes, not texts: enough to compare, and short.)

# %% [markdown] tags=["es"] of="246f1267"
# Tarda unos segundos. Lo que vuelve es una **ficha del entorno** (*stack card*): qué se ejecutó, y los
# resúmenes criptográficos de las seis salidas. (Resúmenes, no textos: bastan para comparar, y son
# cortos.)

# %% tags=["nbval-ignore-output"]
mine = lab5.run_here(at)
for prompt, digest in zip(lab5.PROMPTS, mine.run.outputs.values(), strict=True):
    print(digest[:16], prompt)

# %% [markdown]
# Read what will leave your machine. There is no name in it, no address, no path; if you find
# something that says who you are, do not send it, and tell us.

# %% [markdown] tags=["es"] of="00df54c0"
# Lee lo que va a salir de tu máquina. No hay en ello ningún nombre, ninguna dirección, ninguna ruta; si
# encuentras algo que diga quién eres, no lo envíes, y dínoslo.

# %% tags=["nbval-ignore-output"]
from selfhost import stackcard

print(stackcard.paragraph(mine))

# %% [markdown]
# ## 2. Who agrees with whom?
#
# **Exercise 1.** Write a function that gets a list of results and returns groups: a list of lists
# of the laptops' numbers, where all laptops in a group have the same outputs. Each result has
# `number` and `outputs` (a dictionary: generation → hash).

# %% [markdown] tags=["es"] of="794e84ec"
# ## 2. ¿Quién coincide con quién?
#
# **Ejercicio 1.** Escribe una función que recibe una lista de resultados y devuelve grupos: una lista de
# listas con los números de los portátiles, de modo que todos los de un grupo tengan las mismas salidas.
# Cada resultado tiene `number` y `outputs` (un diccionario: generación → resumen).

# %%
from selfhost.checks import Checks

check = Checks("Lab 5")


def groups_of(results):
    ### BEGIN HINT
    # Two dictionaries are equal when all their keys and values are; a tuple of the sorted items
    # can be the key of another dictionary.
    ### END HINT
    ### BEGIN SOLUTION
    groups = {}
    for result in results:
        same = tuple(sorted(result.outputs.items()))
        groups.setdefault(same, []).append(result.number)
    return list(groups.values())
    ### END SOLUTION


check("1", "laptops with the same outputs are in one group", lab5.check_groups, groups_of)

# %% [markdown]
# ## 3. Send it, or play the room
#
# **In a class:** the teacher's board shows an address and a join code. Put them here, and a
# nickname if you like (it will be seen by everybody).

# %% [markdown] tags=["es"] of="ac94082f"
# ## 3. Envíalo, o haz de aula
#
# **En clase:** el tablero de quien enseña muestra una dirección y un código. Ponlos aquí, y un apodo si
# quieres (lo verá todo el mundo).

# %% tags=["nbval-ignore-output"]
from selfhost import classroom

BOARD, CODE, NICKNAME = "", "", ""

if BOARD:
    print("You are laptop number", classroom.submit(mine, BOARD, CODE, NICKNAME))
else:
    print("No board is named here: nothing was sent. Go on with the next cell.")

# %% [markdown]
# **Alone, or while the others are still running:** your machine plays four laptops. The first two
# are set up alike; the third has the same model with 8-bit weights (or, with another model than
# the course's own, another temperature); and on the fourth somebody forgot an old setting, a
# repetition penalty. All four really run.

# %% [markdown] tags=["es"] of="8780a49a"
# **A solas, o mientras los demás siguen ejecutando:** tu máquina hace de cuatro portátiles. Los dos
# primeros están preparados igual; el tercero tiene el mismo modelo con pesos de 8 bits (o, con un modelo
# que no sea el del curso, otra temperatura); y en el cuarto alguien olvidó un ajuste antiguo, una
# penalización por repetición. Los cuatro se ejecutan de verdad.

# %% tags=["nbval-ignore-output"]
cards = {set_up.name: lab5.run_here(at, set_up) for set_up in lab5.set_ups(at)}
print(len(cards), "cards:", ", ".join(cards))

# %% [markdown]
# A board of your own, on this machine only, collects them. It is the same program that the
# teacher's laptop runs (`selfhost board`).

# %% [markdown] tags=["es"] of="941b81e5"
# Los reúne un tablero tuyo, solo en esta máquina. Es el mismo programa que ejecuta el portátil de quien
# enseña (`selfhost board`).

# %% tags=["nbval-ignore-output"]
import httpx

with lab5.own_board() as (address, code):
    for name, card in cards.items():
        classroom.submit(card, address, code, name, laptop=name)
    board = httpx.get(f"{address}/api/board").json()
print(board["sentence"])

# %% [markdown]
# The board as a picture of letters: one line per laptop, one column per prompt; the same letter in
# a column is the same output.

# %% [markdown] tags=["es"] of="91e01ced"
# El tablero como dibujo de letras: una línea por portátil, una columna por pregunta; la misma letra en
# una columna es la misma salida.

# %% tags=["nbval-ignore-output"]
from selfhost import show

letters = [["abcdef"[rank] if rank >= 0 else "-" for rank in line] for line in board["matrix"]]
show.table(
    [(laptop["name"], laptop["group"], " ".join(line))
     for laptop, line in zip(board["laptops"], letters, strict=True)],
    ["laptop", "group", "six outputs"],
)

# %% [markdown]
# Your function and the board's should agree. (The board's groups are built in the same way.)

# %% [markdown] tags=["es"] of="e1a34c53"
# Tu función y la del tablero deberían coincidir. (Los grupos del tablero se hacen de la misma manera.)

# %%
results = [classroom.Result(n, name, card) for n, (name, card) in enumerate(cards.items(), 1)]
theirs = [list(group.members) for group in classroom.analyse(results).groups]
print("the same groups:", sorted(groups_of(results) or []) == sorted(theirs))

# %% [markdown]
# ## 4. What may you claim?
#
# Suppose thirty laptops sent six generations each, and all are identical. **Exercise 2.** At 95 %
# confidence, at most what share of such laptops would differ from the first one? Use
# `determinism.at_most(comparisons)`, and think about what counts as one comparison.

# %% [markdown] tags=["es"] of="bc6556e4"
# ## 4. ¿Qué puedes afirmar?
#
# Supón que treinta portátiles enviaron seis generaciones cada uno, y que todas son idénticas.
# **Ejercicio 2.** Con una confianza del 95 %, ¿como mucho qué parte de tales portátiles sería distinta
# del primero? Usa `determinism.at_most(comparisons)`, y piensa qué cuenta como una comparación.

# %%
from selfhost import determinism

share = None
### BEGIN HINT
# How many independent machines were compared with the first one?
### END HINT
### BEGIN SOLUTION
share = determinism.at_most(30 - 1)
### END SOLUTION
check("2", "what thirty equal laptops show", lab5.check_claim, share, 30, 6)

# %% [markdown]
# And "such laptops" are those of people who come to workshops like this one. A phone, a GPU server
# or next year's version of the engine is not among them.

# %% [markdown] tags=["es"] of="9e545fa5"
# Y «tales portátiles» son los de la gente que viene a talleres como este. Un teléfono, un servidor con
# GPU o la versión del motor del año que viene no están entre ellos.

# %% [markdown]
# ## 5. Find the cause
#
# Two laptops differ. Their cards say what ran; `differences` puts side by side what is not equal,
# the likeliest cause first. This is laptop 1 against laptop 3:

# %% [markdown] tags=["es"] of="8989cce8"
# ## 5. Encuentra la causa
#
# Dos portátiles son distintos. Sus fichas dicen qué se ejecutó; `differences` pone una al lado de otra
# las cosas que no son iguales, la causa más probable primero. Este es el portátil 1 frente al 3:

# %% tags=["nbval-ignore-output"]
first, _, third, forgot = cards.values()
for found in stackcard.differences(first, third):
    if found.why:  # without a reason: a field that changes no output
        print(f"{found.field}: {found.why}")

# %% [markdown]
# **Exercise 3.** And laptop 4, "a hidden penalty"? Compare its card with laptop 1's, and name the
# field that explains the difference.

# %% [markdown] tags=["es"] of="8f551ae5"
# **Ejercicio 3.** ¿Y el portátil 4, «a hidden penalty»? Compara su ficha con la del portátil 1, y nombra
# el campo que explica la diferencia.

# %%
field = None
### BEGIN HINT
# Print the differences of `first` and `forgot` as in the cell above.
### END HINT
### BEGIN SOLUTION
field = stackcard.differences(first, forgot)[0].field
### END SOLUTION
check("3", "the field that explains laptop 4", lab5.check_cause, field, first, forgot)

# %% [markdown]
# Without its card you would have looked at laptop 4 for a long time: same model, same engine, same
# machine. This is why a result should come with a card.

# %% [markdown] tags=["es"] of="80e09441"
# Sin su ficha habrías estado mucho tiempo mirando el portátil 4: el mismo modelo, el mismo motor, la
# misma máquina. Por eso un resultado debería venir con una ficha.

# %% [markdown]
# ## 6. Back to your guess
#
# In a class, look at the board now, and discuss: which groups are there, and which field tells
# them apart? Alone, you have seen that one machine with one set-up agrees with itself, and that
# one setting is enough to part.

# %% [markdown] tags=["es"] of="d2a117fb"
# ## 6. Vuelta a tu apuesta
#
# En clase, mirad ahora el tablero y discutid: ¿qué grupos hay, y qué campo los distingue? A solas, has
# visto que una máquina con un entorno coincide consigo misma, y que basta un ajuste para separarse.

# %% tags=["nbval-ignore-output"]
again = cards["as everybody"].run.outputs == cards["once more"].run.outputs
print("the same set-up twice on this machine, the same outputs:", again)
print(check.summary())
