# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
#   kit:
#     title: Choose a quantization
#     minutes: 10
#     exercises: 60
#     objectives:
#       - choose a file under a memory limit and a quality floor, by a rule that others can run
#       - defend the choice with figures, and say what they do not show
#       - implement a 4-bit format, both ways, until every bit is right
#       - measure your own format in a whole model, and place it among llama.cpp's
#     needs: []
#     next: 10_fine_tuning
#     es:
#       title: Elige una cuantización
#       objectives:
#         - elegir un fichero con un límite de memoria y un mínimo de calidad, por una regla que otros puedan ejecutar
#         - defender la elección con cifras, y decir qué no demuestran
#         - programar un formato de 4 bits, en los dos sentidos, hasta que no falle ni un bit
#         - medir tu propio formato en un modelo entero, y situarlo entre los de llama.cpp
# ---

# %% [markdown]
# Three people want the same model, on three machines. Each has so much memory and no more, and
# each has said how good it must be. **Which file do you give to whom, and how do you defend it?**
# Afterwards you build a format of your own and find out where it stands.
#
# You need notebook 09. The model is aprendiz, so that every choice can be measured in this room; the
# limits are about a thousandth of what they would be for a model of eight billion weights.

# %% [markdown] tags=["es"] of="2f45c051"
# Tres personas quieren el mismo modelo, en tres máquinas. Cada una tiene cierta memoria y ni un byte
# más, y cada una ha dicho lo bueno que tiene que ser. **¿Qué fichero le das a cada cual, y cómo lo
# defiendes?** Después construyes un formato tuyo y averiguas en qué lugar queda.
#
# Necesitas el cuaderno 09. El modelo es aprendiz, para que toda elección se pueda medir aquí mismo;
# los límites son más o menos la milésima parte de los que tendría un modelo de ocho mil millones de
# pesos. En la tabla, las máquinas son el quiosco de la biblioteca (*kiosk*), la oficina de exámenes
# (*office*) y una tableta vieja (*tablet*). Las columnas dicen cuánta memoria tiene cada una, cuánta
# de ella ocupan otras cosas, la mayor divergencia KL media que se admite (*mean KL at most*) y la
# menor proporción de posiciones en las que el token más probable ha de ser el mismo que en el
# original (*same top at least*).

# %%
from selfhost import show
from selfhost.checks import Checks
from selfhost.quantize import lab3, lab3_format, llamacpp, pictures

check = Checks("Lab 3")
show.table(
    [(j.name, f"{j.memory_mb:g} MB", f"{j.beside_mb:g} MB", f"{j.most_kl:g}",
      f"{j.least_same_top:.0%}") for j in lab3.JOBS],
    ["machine", "memory", "of it for other things", "mean KL at most", "same top at least"],
)

# %% [markdown]
# ## 1. The evidence
#
# All types of the model, measured on this machine (or remembered, if you have just run notebook 09).

# %% [markdown] tags=["es"] of="1bebe1ca"
# ## 1. Las pruebas
#
# Todos los tipos del modelo, medidos en esta máquina (o recordados, si acabas de ejecutar el cuaderno
# 09).

# %% tags=["nbval-ignore-output"]
rows = lab3.rows()
pictures.table(rows, f"score: of {rows[0].items} questions")

# %% [markdown]
# **Exercise 1.** How many MB are left for the weights on the first machine, the library's kiosk?

# %% [markdown] tags=["es"] of="a197a47d"
# **Ejercicio 1.** ¿Cuántos MB quedan para los pesos en la primera máquina, el quiosco de la biblioteca?

# %%
kiosk, office, tablet = lab3.JOBS
room_mb = None
### BEGIN HINT
# The table at the top has both figures; an attribute of `kiosk` for each.
### END HINT
### BEGIN SOLUTION
room_mb = kiosk.memory_mb - kiosk.beside_mb
### END SOLUTION
check("1", "the room for the weights", lab3.check_memory, room_mb, kiosk)

# %% [markdown]
# ## 2. A rule that others can run
#
# **Exercise 2.** Write a function that gets the rows and a job, and returns the row to take: of all
# files that fit *and* reach both floors, the one closest to the original (smallest mean KL). If
# there is none, it returns `None`; an honest "no" is an answer, too. Each row has `bytes` (a MB is
# a million bytes), `quality.kl_mean` and `quality.same_top`.

# %% [markdown] tags=["es"] of="97be935f"
# ## 2. Una regla que otros puedan ejecutar
#
# **Ejercicio 2.** Escribe una función que recibe las filas y un encargo (`job`), y devuelve la fila que
# hay que tomar: de todos los ficheros que caben *y* cumplen los dos mínimos de calidad, el más cercano
# al original (la menor divergencia KL media). Si no hay ninguno, devuelve `None`; un «no» honrado
# también es una respuesta. Cada fila tiene `bytes` (un MB es un millón de bytes), `quality.kl_mean` y
# `quality.same_top`.

# %%
def choose(rows, job):
    ### BEGIN HINT
    # Keep the rows that pass the three tests in a list; min(..., key=...) finds the closest.
    ### END HINT
    ### BEGIN SOLUTION
    good = []
    for row in rows:
        fits = row.bytes / 1e6 + job.beside_mb <= job.memory_mb
        close = row.quality.kl_mean <= job.most_kl
        agrees = row.quality.same_top >= job.least_same_top
        if fits and close and agrees:
            good.append(row)
    return min(good, key=lambda row: row.quality.kl_mean, default=None)
    ### END SOLUTION


check("2", "the rule", lab3.check_choose, choose)

# %% [markdown]
# **Exercise 3.** Apply it to the three machines. (Two of them have an answer, if llama.cpp's types
# were measured; think about what you would tell the third.)

# %% [markdown] tags=["es"] of="bef821b8"
# **Ejercicio 3.** Aplícala a las tres máquinas. (Dos de ellas tienen respuesta, si se midieron los
# tipos de llama.cpp; piensa qué le dirías a la tercera.)

# %% tags=["nbval-ignore-output"]
answers = {}
### BEGIN HINT
# answers["the old tablet"] = ..., and so on: the name of each job, and what `choose` returns.
### END HINT
### BEGIN SOLUTION
answers = {job.name: choose(rows, job) for job in lab3.JOBS}
### END SOLUTION
check("3", "three machines", lab3.check_choices, answers, rows)

# %% [markdown]
# ## 3. Defend it
#
# **Exercise 4.** The exam office asks why you gave them this file. Write three or four sentences:
# which file, what the memory allows, how close it is to the original and on what that was measured,
# and what you do *not* know from it. (An f-string takes the figures from the row.)

# %% [markdown] tags=["es"] of="aa8fa3e1"
# ## 3. Defiéndelo
#
# **Ejercicio 4.** La oficina de exámenes pregunta por qué le diste este fichero. Escribe tres o cuatro
# frases: qué fichero, qué permite la memoria, cómo de cerca está del original y con qué se midió, y
# qué *no* sabes a partir de ello. (Una f-string toma las cifras de la fila. Escribe en español o
# en inglés, como quieras.)

# %% tags=["nbval-ignore-output"]
chosen = answers.get(office.name)
defence = ""
### BEGIN HINT
# f"We chose {chosen.name}: {chosen.bytes / 1e6:.1f} MB ..."
### END HINT
### BEGIN SOLUTION
if chosen:
    defence = (
        f"We chose {chosen.name}: its {chosen.bytes / 1e6:.1f} MB fit into the "
        f"{office.memory_mb - office.beside_mb:g} MB of memory that are left. On "
        f"{chosen.quality.positions} positions of held-out text its mean KL divergence from the "
        f"original is {chosen.quality.kl_mean:.1g}, and the likeliest token is the same at "
        f"{chosen.quality.same_top:.1%} of them. We do not know how it does on your exams: they "
        f"were not in that text, and {chosen.items} questions are too few to tell."
    )
    print(defence)
### END SOLUTION
check("4", "a defence that can be checked", lab3.check_defence, defence, chosen)

# %% [markdown]
# ## 4. A format of your own
#
# A block of this format holds 32 numbers in 20 bytes:
#
# | bytes | what |
# | --- | --- |
# | 0, 1 | the scale, float16 |
# | 2, 3 | the minimum, float16 |
# | 4 … 19 | sixteen bytes, two numbers of 4 bits in each: the lower half of byte 4 + k is number k, its upper half is number 16 + k |
#
# A number's value is *scale · q + minimum*, computed in float32, with q from 0 to 15. So q = 0 is
# the block's minimum and q = 15 its maximum.
#
# **Exercise 5.** Decode: from 20 bytes to 32 numbers.

# %% [markdown] tags=["es"] of="b9d7590d"
# ## 4. Un formato tuyo
#
# Un bloque de este formato guarda 32 números en 20 bytes:
#
# | bytes | qué |
# | --- | --- |
# | 0, 1 | la escala, float16 |
# | 2, 3 | el mínimo, float16 |
# | 4 … 19 | dieciséis bytes, con dos números de 4 bits en cada uno: la mitad baja del byte 4 + k es el número k; la mitad alta, el número 16 + k |
#
# El valor de un número es *escala · q + mínimo*, calculado en float32, con q de 0 a 15. Así que q = 0
# es el mínimo del bloque y q = 15 su máximo.
#
# **Ejercicio 5.** Decodifica: de 20 bytes a 32 números.

# %%
import numpy as np


def dequantize_block(block):
    ### BEGIN HINT
    # np.frombuffer(block[:4], np.float16).astype(np.float32) gives scale and minimum.
    # For bytes b: the lower halves are b & 15, the upper ones b >> 4; np.concatenate joins them.
    ### END HINT
    ### BEGIN SOLUTION
    scale, minimum = np.frombuffer(block[:4], np.float16).astype(np.float32)
    packed = np.frombuffer(block[4:], np.uint8)
    q = np.concatenate([packed & 15, packed >> 4]).astype(np.float32)
    return scale * q + minimum
    ### END SOLUTION


check("5", "decoding", lab3_format.check_decode, dequantize_block)

# %% [markdown]
# **Exercise 6.** Encode: from 32 numbers (float32) to 20 bytes, with an error of half a step at
# most. Think of a block in which all numbers are equal.

# %% [markdown] tags=["es"] of="b28e69d8"
# **Ejercicio 6.** Codifica: de 32 números (float32) a 20 bytes, con un error de medio paso como mucho.
# Piensa en un bloque en el que todos los números son iguales.

# %%
def quantize_block(values):
    ### BEGIN HINT
    # scale = (maximum - minimum) / 15; q = np.rint((values - minimum) / scale), as np.uint8.
    # Two numbers in a byte: low | high << 4. And .tobytes() at the end, of each part.
    ### END HINT
    ### BEGIN SOLUTION
    minimum = values.min()
    scale = (values.max() - minimum) / np.float32(15)
    steps = (values - minimum) / scale if scale > 0 else np.zeros(32)
    q = np.clip(np.rint(steps), 0, 15).astype(np.uint8)
    packed = q[:16] | (q[16:] << 4)
    return np.array([scale, minimum], np.float16).tobytes() + packed.tobytes()
    ### END SOLUTION


check("6", "encoding", lab3_format.check_encode, quantize_block, dequantize_block)

# %% [markdown]
# ## 5. In the whole model
#
# Now all matrices of aprendiz go through your two functions, block by block (174,000 blocks; a bar
# shows how far it is), and the result is measured like the others. This needs llama-cpp-python,
# and two functions that passed.

# %% [markdown] tags=["es"] of="97e631e7"
# ## 5. En el modelo entero
#
# Ahora pasan todas las matrices de aprendiz por tus dos funciones, bloque a bloque (174 000 bloques;
# una barra muestra por dónde va), y el resultado se mide como los demás. Hace falta llama-cpp-python,
# y dos funciones que hayan pasado la comprobación.

# %% tags=["nbval-ignore-output"]
mine = None
ready = all(key in check.outcomes and check.outcomes[key].passed for key in ("5", "6"))
if ready and llamacpp.available():
    mine = lab3.in_the_model(quantize_block, dequantize_block)
    display(pictures.table([*(r for r in rows if r.name in ("Q4_K_M", "Q4_0", "IQ4_XS")), mine]))
else:
    print("Not yet:", "llama-cpp-python is not here" if ready else "exercises 5 and 6 come first")

# %% [markdown]
# **Exercise 7.** Which of the measured types are both *smaller* than yours and *closer* to the
# original? List their names. (Without llama-cpp-python this exercise has no figures; leave it.)

# %% [markdown] tags=["es"] of="4a0b0d08"
# **Ejercicio 7.** ¿Qué tipos de los medidos son a la vez *más pequeños* que el tuyo y *más cercanos* al
# original? Haz una lista con sus nombres. (Sin llama-cpp-python este ejercicio no tiene cifras;
# déjalo.)

# %% tags=["nbval-ignore-output"]
better = []
### BEGIN HINT
# Compare row.bytes and row.quality.kl_mean with mine.bytes and mine.quality.kl_mean.
### END HINT
### BEGIN SOLUTION
for row in rows if mine else []:
    if row.bytes < mine.bytes and row.quality.kl_mean < mine.quality.kl_mean:
        better.append(row.name)
### END SOLUTION
if mine:
    check("7", "the place of your format", lab3.check_place, better, mine, rows)

# %% [markdown]
# Your format is real: llama.cpp has it under the name **Q4_1**, and reads such blocks bit for bit
# as you do. It is one of its oldest formats. The comparison is a little unfair: you put *every*
# matrix through it, while llama.cpp's "Q4_0" file keeps the embedding, a fifth of this small model,
# in 6 bits. But that is the point of today's formats: they spend fewer bits on scales, and more on
# the matrices that need them. You have just measured what that buys.
#
# ## What to take home
#
# - A choice is a rule, a table and a limit. If nothing fits, say so: the next step is another
#   machine or another model, not a file below the floor.
# - The same bits can be spent well or badly; only a measurement tells.

# %% [markdown] tags=["es"] of="3ce1dac1"
# Tu formato existe de verdad: llama.cpp lo tiene con el nombre **Q4_1**, y lee esos bloques igual que
# tú, bit por bit. Es uno de sus formatos más antiguos. La comparación es un poco injusta: tú has hecho
# pasar por él *todas* las matrices, mientras que el fichero «Q4_0» de llama.cpp guarda la
# incrustación, una quinta parte de este modelo pequeño, en 6 bits. Pero de eso se trata en los formatos
# de hoy: gastan menos bits en escalas, y más en las matrices que los necesitan. Acabas de medir lo que
# se gana con ello.
#
# ## Para llevarte
#
# - Una elección es una regla, una tabla y un límite. Si no cabe nada, dilo: el paso siguiente es otra
#   máquina u otro modelo, no un fichero por debajo del mínimo.
# - Los mismos bits se pueden gastar bien o mal; solo lo dice una medida.

# %% tags=["nbval-ignore-output"]
print(check.summary())
