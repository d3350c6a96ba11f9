# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
#   kit:
#     title: Are LLMs deterministic?
#     minutes: 75
#     objectives:
#       - measure how many different answers one question has, and where they part
#       - remove chance or control it, and say which settings do which
#       - find out which settings were in force although nobody asked for them
#       - say what batches, caches, kernels and rounding can change, and what you saw of it yourself
#       - write down a set-up so that somebody else can repeat your result
#     needs: [endpoint]
#     next: lab5_thirty_laptops
#     es:
#       title: "¿Son deterministas los LLM?"
#       objectives:
#         - medir cuántas respuestas distintas tiene una pregunta, y dónde se separan
#         - quitar el azar o controlarlo, y decir qué ajustes hacen lo uno y lo otro
#         - averiguar qué ajustes estaban en vigor aunque nadie los pidió
#         - decir qué pueden cambiar los lotes, las cachés, los núcleos de cálculo y el redondeo, y qué has visto tú de ello
#         - apuntar un entorno de manera que otra persona pueda repetir tu resultado
# ---

# %% [markdown]
# **Ask twice. Is it the same answer?** A colleague asks a model a question, gets a good answer,
# puts it into a paper, and you try to repeat it. You have the same model, the same question, the
# same settings. Will you get the same text? "Of course, it is a computer" is one answer, "of
# course not, it is AI" is another, and both are wrong. We will not argue about it: we measure.
#
# The model that answers:

# %% [markdown] tags=["es"] of="9ce037fe"
# **Pregunta dos veces. ¿Es la misma respuesta?** Una compañera hace una pregunta a un modelo, recibe una
# buena respuesta, la pone en un artículo, y tú intentas repetirla. Tienes el mismo modelo, la misma
# pregunta, los mismos ajustes. ¿Te saldrá el mismo texto? «Claro, es un ordenador» es una contestación;
# «claro que no, es IA» es otra, y las dos son falsas. No vamos a discutirlo: lo medimos.
#
# El modelo que responde:

# %% tags=["nbval-ignore-output"]
from selfhost.endpoint import endpoint

at = endpoint()
print(at.describe())
at.export()

# %% [markdown]
# How often to ask is a number that you may change: more repeats, sharper statements, more time.

# %% [markdown] tags=["es"] of="665c726b"
# Cuántas veces se pregunta es un número que puedes cambiar: más repeticiones, afirmaciones más
# precisas, más tiempo.

# %% tags=["parameters"]
REPEATS = 10

# %% [markdown]
# ## 1. Ask ten times
#
# One question, no settings at all, ten times. Commit yourself first: how many different answers?

# %% [markdown] tags=["es"] of="5e9fff88"
# ## 1. Pregunta diez veces
#
# Una pregunta, sin ningún ajuste, diez veces. Primero apuesta: ¿cuántas respuestas distintas?

# %% tags=["nbval-ignore-output"]
from selfhost.widgets.predict import predict

guess = predict(
    "The same question ten times, with the default settings. How many different answers?",
    ["one", "two to five", "more than five"],
)
guess

# %% [markdown]
# `trial` asks and keeps everything that comes back: the text, its tokens, their probabilities.

# %% [markdown] tags=["es"] of="2bba4fd5"
# `trial` pregunta y guarda todo lo que vuelve: el texto, sus tokens, sus probabilidades.

# %% tags=["nbval-ignore-output"]
from selfhost import determinism, show
from selfhost.determinism.bench import trial

question = "Why is the sky blue?"
rows = trial(at, question, {"default": {}}, repeats=REPEATS, name="14-default")
answers = [row["text"] for row in rows]
show.table(
    [(times, text) for text, times in determinism.groups(answers)],
    ["times", "answer"],
)

# %% [markdown]
# And the guess?

# %% [markdown] tags=["es"] of="19e2396d"
# ¿Y la apuesta?

# %% tags=["nbval-ignore-output"]
kinds = determinism.distinct(answers)
truth = "one" if kinds == 1 else "two to five" if kinds <= 5 else "more than five"
guess.reveal(truth, {"one": "Unless told otherwise, an engine *draws* each token."})

# %% [markdown]
# One sentence for the record. Ten runs are few, so the share of equal answers comes with an
# interval: where the true share lies, most probably, if you went on asking.

# %% [markdown] tags=["es"] of="49075893"
# Una frase para que conste. Diez veces son pocas, así que la proporción de respuestas iguales viene con
# un intervalo: dónde está, con la mayor probabilidad, la verdadera proporción si siguieras preguntando.

# %% tags=["nbval-ignore-output"]
print(determinism.verdict(answers))

# %% [markdown]
# ### Where do the answers part?
#
# The answers are not random letters: they part at certain places, and some of them at the very
# first token. Drawn as a tree, each line is a way that some of the answers took, and *p* is the probability that the
# model itself gave to the first token of that way.

# %% [markdown] tags=["es"] of="e7512917"
# ### ¿Dónde se separan las respuestas?
#
# Las respuestas no son letras al azar: se separan en ciertos sitios, y algunas ya en el primer token.
# Dibujadas como un árbol, cada línea es un camino que tomaron algunas de las respuestas, y *p* es la
# probabilidad que el propio modelo dio al primer token de ese camino.

# %% tags=["nbval-ignore-output"]
from selfhost.determinism.tree import answer_tree, picture

tree = answer_tree(rows)
show.picture(
    picture(tree, f"“{question}”: {len(rows)} answers"),
    f"A tree: {len(rows)} answers start at one point and part into {len(tree.children)} ways at "
    "the first token. Thicker lines were taken more often; dots are later forks.",
)

# %% [markdown]
# This is the whole secret of the first kind of "non-determinism": at a fork the model gives
# *probabilities*, and the engine throws dice with them. The model did nothing by chance; its
# probabilities are the same each time. Look:

# %% [markdown] tags=["es"] of="1ffba47c"
# Este es todo el secreto del primer tipo de «no determinismo»: en una bifurcación el modelo da
# *probabilidades*, y el motor tira con ellas los dados. El modelo no hizo nada al azar; sus
# probabilidades son las mismas cada vez. Mira:

# %% tags=["nbval-ignore-output"]
first = [tuple(row["top5"][0]) for row in rows]
print("the five likeliest first tokens:", first[0])
print("the same five in all runs:", determinism.distinct(first) == 1)

# %% [markdown]
# A longer answer passes more places of doubt. The beginning of a story, asked for as often:

# %% [markdown] tags=["es"] of="fb5e5fde"
# Una respuesta más larga pasa por más puntos de duda. El principio de un cuento, pedido otras tantas
# veces:

# %% tags=["nbval-ignore-output"]
tales = trial(at, "Tell me a story.", {"default": {}}, repeats=REPEATS, num_predict=16,
              name="14-story")
tree = answer_tree(tales)
show.picture(
    picture(tree, f"“Tell me a story.”: the first 16 tokens, {len(tales)} times"),
    f"A tree with {sum(node.forks for _, node in tree.walk())} forks: the stories begin alike, "
    "part early, and part again; near the right edge hardly two of them share a line.",
)

# %% [markdown]
# Every fork multiplies. After a few of them hardly two answers are equal, although each single
# step was drawn from the same few likely words.

# %% [markdown] tags=["es"] of="56b1f3a1"
# Cada bifurcación multiplica. Después de unas cuantas apenas hay dos respuestas iguales, aunque cada
# paso se sorteó entre las mismas pocas palabras probables.

# %% [markdown]
# ## 2. Two strategies: control chance, or remove it
#
# **Control it:** give the dice a fixed start, the `seed`. **Remove it:** always take the likeliest
# token (`temperature` 0, or `top_k` 1, or a tiny `top_p`). Which of these six settings will give
# one single answer to each of three questions?

# %% [markdown] tags=["es"] of="6e03cc07"
# ## 2. Dos estrategias: controlar el azar, o quitarlo
#
# **Controlarlo:** dar a los dados un comienzo fijo, la semilla (`seed`). **Quitarlo:** tomar siempre el
# token más probable (`temperature` 0, o `top_k` 1, o un `top_p` minúsculo). ¿Cuáles de estos seis
# ajustes darán una sola respuesta a cada una de tres preguntas?

# %% tags=["nbval-ignore-output"]
settings = {
    "default": {},
    "seed 7": {"seed": 7},
    "temperature 0": {"temperature": 0},
    "top_k 1": {"top_k": 1},
    "top_p 0.01": {"top_p": 0.01},
    "temperature 1.5, seed 7": {"temperature": 1.5, "seed": 7},
}
one = predict(
    "With how many of these six settings is there one answer to each question?",
    ["one", "two", "four", "five"],
)
one

# %% [markdown]
# Three questions (one in Spanish), six settings, five times each:

# %% [markdown] tags=["es"] of="498bec9e"
# Tres preguntas (una en español), seis ajustes, cinco veces cada uno:

# %% tags=["nbval-ignore-output"]
questions = ("Why is the sky blue?", "Tell me a story.", "¿Qué es un modelo abierto?")
grid = trial(at, questions, settings, repeats=max(3, REPEATS // 2), name="14-grid")
print(len(grid), "generations")

# %% [markdown]
# How many different answers in each field? 1 is what we are looking for.

# %% [markdown] tags=["es"] of="a9c7894f"
# ¿Cuántas respuestas distintas en cada casilla? Lo que buscamos es 1.

# %% tags=["nbval-ignore-output"]
from selfhost.determinism.bench import heat_map, select

counts = [
    [determinism.distinct([r["text"] for r in select(grid, setting=s, prompt=q)])
     for q in questions]
    for s in settings
]
repeats = max(3, REPEATS // 2)
show.picture(
    heat_map(counts, list(settings), list(questions), f"different answers in {repeats} runs",
             repeats),
    "A grid of settings and questions. " + "; ".join(
        f"{s}: {', '.join(map(str, line))}" for s, line in zip(settings, counts)),
)

# %% [markdown]
# And your guess?

# %% [markdown] tags=["es"] of="7c245f4f"
# ¿Y tu apuesta?

# %% tags=["nbval-ignore-output"]
steady = sum(max(line) == 1 for line in counts)
names = {1: "one", 2: "two", 4: "four", 5: "five"}
if steady in names:
    display(one.reveal(names[steady]))
print("one answer to each question with", steady, "of the six settings")

# %% [markdown]
# Look at the last line of the grid: at temperature 1.5 the dice are wild, and yet, with a fixed
# seed, they fall in the same way each time. *Random* and *not repeatable* are two different
# things. And do not read too much into a 1: it means that no difference was observed.

# %% [markdown] tags=["es"] of="085429cf"
# Mira la última línea de la rejilla: a temperatura 1,5 los dados están desatados y, sin embargo, con
# una semilla fija caen cada vez de la misma manera. *Al azar* e *irrepetible* son dos cosas distintas. Y
# no leas demasiado en un 1: quiere decir que no se observó ninguna diferencia.

# %% tags=["nbval-ignore-output"]
greedy = [r["text"] for r in select(grid, setting="temperature 0", prompt=questions[0])]
print(determinism.verdict(greedy))
print(f"After 300 equal runs one could say: fewer than {determinism.at_most(299):.1%} differ.")

# %% [markdown]
# That is all that equal runs can show: a bound. To promise more, one must look at *why* a run
# could differ. The rest of this notebook does that.
#
# Which strategy is better? Removing chance gives the model's likeliest words, always; controlling
# it keeps variety (a story at temperature 0 is dull) and is repeatable as well. Both can be
# combined, and it costs nothing: `temperature` 0, `top_k` 1 *and* a `seed`.

# %% [markdown] tags=["es"] of="22f4aa3f"
# Eso es todo lo que pueden mostrar unas ejecuciones iguales: una cota. Para prometer más hay que mirar
# *por qué* podría ser distinta una ejecución. De eso trata el resto del cuaderno.
#
# ¿Qué estrategia es mejor? Quitar el azar da las palabras más probables del modelo, siempre; controlarlo
# conserva la variedad (un cuento a temperatura 0 es aburrido) y también se puede repetir. Se pueden
# combinar, y no cuesta nada: `temperature` 0, `top_k` 1 *y* una `seed`.

# %% [markdown]
# ## 3. The hidden settings
#
# "I did not set anything." Somebody else did, then. What is in force when you say nothing depends
# on the door through which you come in. The same server, two doors:

# %% [markdown] tags=["es"] of="159ab265"
# ## 3. Los ajustes ocultos
#
# «Yo no puse nada.» Entonces lo puso otro. Lo que está en vigor cuando no dices nada depende de la
# puerta por la que entras. El mismo servidor, dos puertas:

# %% tags=["nbval-ignore-output"]
doors = {"/api/chat (Ollama)": "ollama", "/v1/chat/completions (OpenAI)": "openai"}
told = {
    door: trial(at, "Hello!", {"none": {}}, repeats=1, api=api, name="14-door")[0]["in_force"]
    for door, api in doors.items() if api in at.apis
}
known = [name for name in ("temperature", "top_k", "top_p", "min_p", "repeat_penalty")]
show.table(
    [(n, *((t or {}).get(n, "not told") for t in told.values())) for n in known],
    ["setting", *told],
    caption="in force although nobody asked for it",
)

# %% [markdown]
# Our endpoint tells what it used; most servers do not. Here is what others fill in, as far as
# their source code or documentation says:
#
# | | temperature | top_p | top_k | min_p | repeat_penalty | source |
# | --- | --- | --- | --- | --- | --- | --- |
# | Ollama, `/api`, from 0.32.10 | 0.8 | 0.9 | 40 | 0 | 1.0 | its `api/types.go`, 2026-08 |
# | Ollama, `/api`, up to 0.32.9 | 0.8 | 0.9 | 40 | 0 | **1.1** | the same file, before |
# | Ollama, `/v1` | **1.0** | **1.0** | 40 | 0 | 1.0 | its `openai/openai.go`, 2026-08 |
# | llama.cpp's own server | 0.8 | 0.95 | 40 | 0.05 | 1.0 | run, 2026-11 |
# | llama-cpp-python, chat | 0.2 | 0.95 | 40 | 0.05 | 1.0 | run, 2026-11 |
#
# An update of Ollama in August 2026 changed a hidden penalty, and with it the answers of everybody
# who had not set it. Nothing in their own code had changed. So the first rule is: **set
# everything, even what you would leave at its default.**

# %% [markdown] tags=["es"] of="182d0bda"
# Nuestro servidor dice qué usó; la mayoría no lo dice. Esto es lo que ponen otros, según su código o su
# documentación:
#
# | | temperature | top_p | top_k | min_p | repeat_penalty | fuente |
# | --- | --- | --- | --- | --- | --- | --- |
# | Ollama, `/api`, desde 0.32.10 | 0,8 | 0,9 | 40 | 0 | 1,0 | su `api/types.go`, 2026-08 |
# | Ollama, `/api`, hasta 0.32.9 | 0,8 | 0,9 | 40 | 0 | **1,1** | el mismo fichero, antes |
# | Ollama, `/v1` | **1,0** | **1,0** | 40 | 0 | 1,0 | su `openai/openai.go`, 2026-08 |
# | el servidor de llama.cpp | 0,8 | 0,95 | 40 | 0,05 | 1,0 | ejecutado, 2026-11 |
# | llama-cpp-python, chat | 0,2 | 0,95 | 40 | 0,05 | 1,0 | ejecutado, 2026-11 |
#
# Una actualización de Ollama en agosto de 2026 cambió una penalización oculta, y con ella las respuestas
# de todo el que no la había puesto. En su propio código no había cambiado nada. Así que la primera regla
# es: **ponlo todo, también lo que dejarías en su valor por defecto.**

# %% [markdown]
# ### Settings that never arrive
#
# Somebody writes `temperature: 0` beside the model's name, where OpenAI's API expects it, but
# sends it to Ollama's API. What will the server say?

# %% [markdown] tags=["es"] of="db067b0d"
# ### Ajustes que no llegan nunca
#
# Alguien escribe `temperature: 0` al lado del nombre del modelo, donde lo espera la API de OpenAI, pero
# lo envía a la de Ollama. ¿Qué dirá el servidor?

# %% tags=["nbval-ignore-output"]
lost = predict(
    "Ollama's API gets temperature 0 outside `options`. What happens?",
    ["an error", "it is used", "it is silently ignored"],
)
lost

# %% [markdown]
# We send it there, five times:

# %% [markdown] tags=["es"] of="feda29f9"
# Lo enviamos allí, cinco veces:

# %% tags=["nbval-ignore-output"]
from selfhost.determinism.experiment import Condition

outside = trial(
    at, "Tell me a story.", {"none": {}}, repeats=5, api="ollama", name="14-outside",
    conditions=[Condition("outside options", extra={"temperature": 0, "seed": 7})],
)
print("different answers:", determinism.distinct([r["text"] for r in outside]))
print("temperature in force:", (outside[0]["in_force"] or {}).get("temperature", "not told"))
lost.reveal("it is silently ignored", {"an error": "That would be kinder. There is none."})

# %% [markdown]
# No error, no warning. "I set the seed and the temperature, and it still gives different answers"
# is a complaint that comes back in the threads about Ollama, and this is one of its causes. **The
# second rule: check what was in force**, do not trust what you sent.

# %% [markdown] tags=["es"] of="0b6db694"
# Ni error, ni aviso. «He puesto la semilla y la temperatura, y aun así las respuestas son distintas» es
# una queja que vuelve en los hilos sobre Ollama, y esta es una de sus causas. **La segunda
# regla: comprueba qué estaba en vigor**, no te fíes de lo que enviaste.

# %% [markdown]
# ## 4. Who else is there?
#
# Now everything is set: temperature 0, top_k 1, a seed. A server, however, is not yours alone. To
# be fast it computes the requests of several students *together*, in one batch. Can the neighbours
# change your answer? (They cannot change what the model reads: each request has its own text.)

# %% [markdown] tags=["es"] of="6f5d7168"
# ## 4. ¿Quién más está ahí?
#
# Ahora está todo puesto: temperatura 0, top_k 1, una semilla. Pero un servidor no es solo tuyo. Para ser
# rápido calcula *juntas*, en un lote, las peticiones de varios estudiantes. ¿Pueden los vecinos cambiar
# tu respuesta? (No pueden cambiar lo que lee el modelo: cada petición tiene su propio texto.)

# %% tags=["nbval-ignore-output"]
batch = predict(
    "Everything pinned, and seven other students ask at the same time. Your answer ...",
    ["stays the same: the others are not in my text", "may change in its last digits",
     "contains pieces of theirs"],
)
batch

# %% [markdown]
# Each question alone, in the endpoint's *reproducible mode* (one slot, no cache), and then amid 1,
# 3 and 7 other answers that keep running:

# %% [markdown] tags=["es"] of="39e24418"
# Cada pregunta sola, en el *modo reproducible* del servidor (una ranura, sin caché), y luego entre 1, 3
# y 7 respuestas más que no dejan de correr:

# %% tags=["nbval-ignore-output"]
pinned = {"pinned": {"temperature": 0, "top_k": 1, "seed": 7}}
crowd = [Condition("alone, reproducible mode", reproducible=True), Condition("alone")] + [
    Condition(f"amid {n} other{'s' * (n > 1)}", neighbours=n) for n in (1, 3, 7)
]
amid = trial(at, questions, pinned, conditions=crowd, repeats=3, name="14-crowd")
print(len(amid), "generations")

# %% [markdown]
# Not only the texts can differ: before a text changes, the probabilities do. We compare both with
# the first condition: how many texts differ, and by how much the log-probabilities do.

# %% [markdown] tags=["es"] of="52bcc71b"
# No solo pueden ser distintos los textos: antes de que cambie un texto cambian las probabilidades.
# Comparamos las dos cosas con la primera condición: cuántos textos son distintos, y cuánto lo son los
# logaritmos de las probabilidades.

# %% tags=["nbval-ignore-output"]
from selfhost.determinism.bench import against

show.table(
    against(amid, reference=crowd[0].name),
    ["condition", "texts that differ", "RMSE of log-probabilities", "same top five"],
)

# %% [markdown]
# Read it line by line. A zero in the second column says that this crowd did not change a text
# *here*. A zero in the third says that not even the last digit of a probability moved; anything
# above zero says that the same weights and the same text gave other numbers, because of the
# company. Such a difference is harmless until, at some fork, two tokens are almost equally
# likely: then it decides.

# %% [markdown] tags=["es"] of="5943b75f"
# Léelo línea a línea. Un cero en la segunda columna dice que esta compañía no cambió *aquí* ningún
# texto. Un cero en la tercera dice que no se movió ni la última cifra de una probabilidad; cualquier
# cosa por encima de cero dice que los mismos pesos y el mismo texto dieron otros números, por culpa de
# la compañía. Una diferencia así no hace daño hasta que, en alguna bifurcación, dos tokens son casi
# igual de probables: entonces decide ella.

# %% tags=["nbval-ignore-output"]
most = max(line[2] for line in against(amid, reference=crowd[0].name))
print("seen here:", "the numbers moved" if most > 0 else "no number moved, in these runs")
batch.reveal("may change in its last digits",
             {"contains pieces of theirs": "That would be a bug in the server."})

# %% [markdown]
# On GPU servers it is worse. *Defeating Nondeterminism in LLM Inference* (Thinking Machines,
# 2025-09) asked one model the same question 1,000 times at temperature 0 and got 80 different
# answers; the kernels were deterministic, but they added numbers up in another order depending on
# how many requests happened to be in the batch. With kernels that do not depend on it ("batch
# invariant"), all 1,000 were the same.

# %% [markdown] tags=["es"] of="103d0461"
# En los servidores con GPU es peor. *Defeating Nondeterminism in LLM Inference* (Thinking Machines,
# 2025-09) hizo a un modelo la misma pregunta 1 000 veces a temperatura 0 y obtuvo 80 respuestas
# distintas; los núcleos de cálculo eran deterministas, pero sumaban los números en otro orden según
# cuántas peticiones coincidieran en el lote. Con núcleos que no dependen de ello («batch invariant»),
# las 1 000 fueron iguales.

# %% [markdown]
# ### Threads, batches, caches: the engine's own settings
#
# Some settings can only be made where the engine is started. We load the model's file ourselves,
# with one thread, as the reference, and change one thing at a time. Compared are the
# log-probabilities of the fifty likeliest next tokens.

# %% [markdown] tags=["es"] of="1ef7fa28"
# ### Hilos, lotes, cachés: los ajustes del propio motor
#
# Algunos ajustes solo se pueden hacer donde se arranca el motor. Cargamos nosotros el fichero del
# modelo, con un hilo, como referencia, y cambiamos una cosa cada vez. Se comparan los logaritmos de las
# probabilidades de los cincuenta tokens siguientes más probables.

# %% tags=["nbval-ignore-output"]
from selfhost.determinism.bench import engine_settings

show.table(
    engine_settings(at.model, questions),
    ["changed", "largest difference (nats)", "other first token"],
    caption="reference: 1 thread, batches of 512 tokens, KV cache in float16, no flash attention",
)

# %% [markdown]
# Some of these change nothing at all, to the last digit, and some do. llama.cpp shares the work
# among threads so that each sum is still added up by one thread, in one order: that is why the
# number of threads does not matter here. Flash attention is another way to compute the same
# formula, and a cache in another number format rounds differently. Nobody could guess this; it has
# to be measured, for each engine and each version.

# %% [markdown] tags=["es"] of="2064c635"
# Algunos de estos cambios no cambian nada, hasta la última cifra, y otros sí. llama.cpp reparte el
# trabajo entre hilos de manera que cada suma la sigue haciendo un solo hilo, en un solo orden: por eso
# el número de hilos aquí no importa. *Flash attention* es otra manera de calcular la misma fórmula, y
# una caché en otro formato de números redondea de otra manera. Nadie podría adivinarlo; hay que medirlo,
# para cada motor y cada versión.

# %% [markdown]
# ## 5. Why does the order matter?
#
# In school, (a + b) + c = a + (b + c). On a computer?

# %% [markdown] tags=["es"] of="645d033e"
# ## 5. ¿Por qué importa el orden?
#
# En la escuela, (a + b) + c = a + (b + c). ¿Y en un ordenador?

# %%
print((0.1 + 0.2) + 0.3 == 0.1 + (0.2 + 0.3))
print((0.1 + 0.2) + 0.3, 0.1 + (0.2 + 0.3))

# %% [markdown]
# Each result is rounded to the digits that fit, and rounding in another order rounds otherwise.
# A model adds up hundreds of products for each number it computes. The same 10,000 numbers, in
# four orders:

# %% [markdown] tags=["es"] of="9d25db64"
# Cada resultado se redondea a las cifras que caben, y redondear en otro orden redondea de otra manera.
# Un modelo suma cientos de productos para cada número que calcula. Los mismos 10 000 números, en cuatro
# órdenes:

# %%
import numpy as np

numbers = np.random.default_rng(1).standard_normal(10_000).astype(np.float32)


def add_up(values):
    total = np.float32(0)
    for value in values:
        total += value
    return total


forward, backward = add_up(numbers), add_up(numbers[::-1])
ascending, pairs = add_up(np.sort(numbers)), numbers.sum()
print("four orders, all the same:", len({forward, backward, ascending, pairs}) == 1)

# %% [markdown]
# How far apart they are depends on the number format. The exact sum, computed in float64, is the
# reference:

# %% [markdown] tags=["es"] of="b7297857"
# Cuánto se apartan depende del formato de los números. La referencia es la suma exacta, calculada en
# float64:

# %% tags=["nbval-ignore-output"]
exact = numbers.astype(np.float64).sum()
show.table(
    [("first to last", forward), ("last to first", backward), ("smallest first", ascending),
     ("in pairs (numpy)", pairs)],
    ["order", "sum in float32"],
    caption=f"exact: {exact:.7f}",
)

# %% [markdown]
# The fewer digits a format has, the larger the effect. GPUs often compute in bfloat16, with two to
# three decimal digits (they add up in a longer format, luckily, and round at the end). The first
# thousand of the same numbers, in three formats:

# %% [markdown] tags=["es"] of="9ad656ca"
# Cuantas menos cifras tiene un formato, mayor es el efecto. Las GPU calculan muchas veces en bfloat16,
# con dos o tres cifras decimales (por suerte suman en un formato más largo, y redondean al final). Los
# mil primeros de los mismos números, en tres formatos:

# %%
import torch

values = torch.from_numpy(numbers[:1000])
for kind in (torch.float64, torch.float32, torch.bfloat16):
    there, back = torch.zeros((), dtype=kind), torch.zeros((), dtype=kind)
    for a, b in zip(values.to(kind), values.flip(0).to(kind)):
        there, back = there + a, back + b
    print(f"{str(kind):15} forwards {there.item():9.4f}  backwards {back.item():9.4f}")

# %% [markdown]
# ### A batch changes a matrix product
#
# And why would a *neighbour* change the order? Because a fast matrix product chooses how to cut up
# the work by the size of the matrices. One row alone, and the same row among others:

# %% [markdown] tags=["es"] of="944266bf"
# ### Un lote cambia un producto de matrices
#
# ¿Y por qué habría de cambiar el orden un *vecino*? Porque un producto de matrices rápido elige cómo
# trocear el trabajo según el tamaño de las matrices. Una fila sola, y la misma fila entre otras:

# %% tags=["nbval-ignore-output"]
generator = torch.Generator().manual_seed(1)
weights = torch.randn(512, 512, generator=generator)
crowded = torch.randn(64, 512, generator=generator)
rows_alone = {n: (crowded[:1] @ weights - (crowded[:n] @ weights)[:1]).abs().max().item()
              for n in (1, 2, 4, 8, 16, 64)}
show.table(list(rows_alone.items()), ["rows in the batch", "largest change of the first row"])

# %% [markdown]
# Nothing about the first row has changed; its result has, if any number above is not zero. (If
# all are zero, the library on this machine cuts the work in the same way for all these sizes.)

# %% [markdown] tags=["es"] of="57b60da2"
# En la primera fila no ha cambiado nada; en su resultado sí, si alguno de los números de arriba no es
# cero. (Si son todos cero, la biblioteca de esta máquina trocea el trabajo igual para todos estos
# tamaños.)

# %% [markdown]
# ### Experts that are full
#
# Some models are a *mixture of experts*: for each token, a router picks one of several
# feed-forward networks. Some implementations give each expert a limited number of places per
# batch. What happens to a token whose expert is full?

# %% [markdown] tags=["es"] of="044fb154"
# ### Expertos que están llenos
#
# Algunos modelos son una *mezcla de expertos*: para cada token, un encaminador elige una de varias
# redes *feed-forward*. Algunas implementaciones dan a cada experto un número limitado de plazas por
# lote. ¿Qué le pasa a un token cuyo experto está lleno?

# %%
def route(scores, places):
    """Each token goes to its best expert that still has a place; first come, first served."""
    taken, chosen = [0] * scores.shape[1], []
    for token in scores:
        expert = next(int(e) for e in np.argsort(-token) if taken[int(e)] < places)
        taken[expert] += 1
        chosen.append(expert)
    return chosen


mine = np.array([[0.9, 0.1, 0.0]])
others = np.array([[0.8, 0.1, 0.1], [0.7, 0.2, 0.1]])
print("alone: expert", route(mine, places=2)[-1])
print("behind two others: expert", route(np.vstack([others, mine]), places=2)[-1])

# %% [markdown]
# The token is the same, and it is computed by another network, because of who came before. This is
# not a matter of last digits any more. (Not every implementation has such limits; for an API you
# cannot know.)
#
# PyTorch can be told to refuse operations that may differ from run to run on the same machine:

# %% [markdown] tags=["es"] of="8f5bd743"
# El token es el mismo, y lo calcula otra red, por culpa de quien llegó antes. Esto ya no es cosa de las
# últimas cifras. (No todas las implementaciones tienen esos límites; de una API no lo puedes saber.)
#
# A PyTorch se le puede decir que rechace las operaciones que podrían dar otra cosa de una ejecución a
# otra en la misma máquina:

# %%
torch.use_deterministic_algorithms(True)
print("deterministic algorithms only:", torch.are_deterministic_algorithms_enabled())
torch.use_deterministic_algorithms(False)

# %% [markdown]
# It promises the same result for the same input in the same batch on the same machine and version.
# It promises nothing about another batch, GPU or version.

# %% [markdown] tags=["es"] of="14543025"
# Promete el mismo resultado para la misma entrada en el mismo lote, en la misma máquina y versión. No
# promete nada sobre otro lote, otra GPU u otra versión.

# %% [markdown]
# ## 6. Other hardware
#
# The same program on another processor may run through other code: wider registers add more
# numbers at once, in another order. What this processor offers, and what the engine was built for:

# %% [markdown] tags=["es"] of="58c188f3"
# ## 6. Otro hardware
#
# El mismo programa puede pasar en otro procesador por otro código: registros más anchos suman más
# números a la vez, en otro orden. Lo que ofrece este procesador, y para qué se compiló el motor:

# %% tags=["nbval-ignore-output"]
from selfhost import stackcard

card = stackcard.collect(at, asked=pinned["pinned"], reproducible=True)
show.table(
    [("processor", card.hardware.cpu),
     ("it offers", ", ".join(card.hardware.instruction_sets) or "unknown"),
     ("the engine was built for", str(card.engine.build.get("compiled_for", "unknown")))],
    ["", ""],
)

# %% [markdown]
# The endpoint's engine comes as one build for all machines (AVX2 on x86 processors, NEON on ARM),
# so two x86 laptops run the same instructions, and we expect the same digits. llama-cpp-python, if
# it is installed, was compiled *for this machine*, and may use wider instructions. Do the two give
# the same numbers?

# %% [markdown] tags=["es"] of="fb197c42"
# El motor del servidor viene en una sola compilación para todas las máquinas (AVX2 en procesadores x86,
# NEON en ARM), así que dos portátiles x86 ejecutan las mismas instrucciones, y esperamos las mismas
# cifras. llama-cpp-python, si está instalado, se compiló *para esta máquina*, y puede usar instrucciones
# más anchas. ¿Dan los dos los mismos números?

# %% tags=["nbval-ignore-output"]
from selfhost.determinism.bench import native_build
from selfhost.determinism.inprocess import builds

show.table(builds().items(), ["llama.cpp in", "compiled for"])

# %% [markdown]
# The same file, the same questions, one thread each:

# %% [markdown] tags=["es"] of="53242b9f"
# El mismo fichero, las mismas preguntas, un hilo cada uno:

# %% tags=["nbval-ignore-output"]
print(native_build(at.model, questions))

# %% [markdown]
# A difference in the third digit of a log-probability is what another build may cost; whether it
# is the instructions or the version, this cell cannot tell. (Without llama-cpp-python, the card's
# field `compiled_for` above is all there is to see.) Whether two *machines* differ is a question
# for a room with different laptops: that is lab 5.

# %% [markdown] tags=["es"] of="cb7491df"
# Una diferencia en la tercera cifra del logaritmo de una probabilidad es lo que puede costar otra
# compilación; si se debe a las instrucciones o a la versión, esta celda no lo puede decir. (Sin
# llama-cpp-python, lo único que se ve es el campo `compiled_for` de la ficha, arriba.) Si son distintas
# dos *máquinas* es pregunta para un aula con portátiles distintos: es la práctica 5.

# %% [markdown]
# ## 7. Repeatable is not predictable
#
# Everything pinned, one answer, every time. Now we change the question a little: one more space
# between two words, a small letter, another sign at the end. No human reader would answer
# differently.

# %% [markdown] tags=["es"] of="0d781420"
# ## 7. Repetible no es previsible
#
# Todo fijado, una respuesta, siempre la misma. Ahora cambiamos un poco la pregunta: un espacio más entre
# dos palabras, una minúscula, otro signo al final. Ningún lector humano respondería otra cosa.

# %% tags=["nbval-ignore-output"]
space = trial(
    at, ["Tell me a story.", "Tell me  a story.", "tell me a story.", "Tell me a story!"],
    pinned, conditions=crowd[:1], repeats=2, name="14-space",
)
show.table([(repr(r["prompt"]), r["text"]) for r in space[:4]], ["prompt", "answer"])

# %% [markdown]
# The second run of each gave the same text again:

# %% [markdown] tags=["es"] of="5318c167"
# La segunda ejecución de cada una volvió a dar el mismo texto:

# %% tags=["nbval-ignore-output"]
print("each repeated exactly:", all(a["text"] == b["text"] for a, b in zip(space[:4], space[4:])))

# %% [markdown]
# The same in, the same out; and yet nobody could have said beforehand which small change of the
# input leads to another story, and which does not. Reproducible means: *same set-up, same input, same output*. It does not mean that the
# model is predictable, or right.

# %% [markdown] tags=["es"] of="cb910578"
# Entra lo mismo, sale lo mismo; y sin embargo nadie habría podido decir de antemano qué cambio pequeño
# de la entrada lleva a otro cuento, y cuál no. Reproducible quiere decir: *el mismo entorno, la misma
# entrada, la misma salida*. No quiere decir que el modelo sea previsible, ni que acierte.

# %% [markdown]
# ## 8. The checklist
#
# To repeat an answer, keep equal, and write down:
#
# 1. the weights (their hash, not their name), the tokenizer, the chat template;
# 2. every sampling setting in force: temperature 0, top_k 1, and a seed, and all penalties;
# 3. the engine, its version and build, and how it was started (context, batch, cache, threads);
# 4. no mixing with other requests, no prompt cache: a *reproducible mode*, if there is one;
# 5. the system: drivers, libraries, operating system;
# 6. the hardware.
#
# And if you cannot (an API of somebody else): repeat, count, and report the share with its
# interval. All of that fits on one card, and the kit writes it for you:

# %% [markdown] tags=["es"] of="35e65641"
# ## 8. La lista
#
# Para repetir una respuesta, mantén igual, y apunta:
#
# 1. los pesos (su resumen criptográfico, no su nombre), el tokenizador, la plantilla de conversación;
# 2. todos los ajustes de muestreo en vigor: temperatura 0, top_k 1 y una semilla, y todas las
#    penalizaciones;
# 3. el motor, su versión y su compilación, y cómo se arrancó (contexto, lote, caché, hilos);
# 4. nada de mezclar con otras peticiones, ni caché de textos: un *modo reproducible*, si lo hay;
# 5. el sistema: controladores, bibliotecas, sistema operativo;
# 6. el hardware.
#
# Y si no puedes (una API de otro): repite, cuenta, e informa de la proporción con su intervalo. Todo eso
# cabe en una ficha, y el kit te la escribe:

# %% tags=["nbval-ignore-output"]
from pathlib import Path

stackcard.write(card, Path("stackcard.json"))
print(stackcard.paragraph(card))

# %% [markdown]
# The runs themselves are kept as well. The grid of part 2, as one Parquet file with its card inside
# (pandas, polars, R and DuckDB read it):

# %% [markdown] tags=["es"] of="af6e4f13"
# Las propias ejecuciones también se guardan. La rejilla de la parte 2, en un solo fichero Parquet con su
# ficha dentro (lo leen pandas, polars, R y DuckDB):

# %% tags=["nbval-ignore-output"]
from selfhost.determinism import tables

path = tables.save(grid, Path("stackcard.runs.parquet"), card=card)
print(path, show.size(path.stat().st_size), len(tables.load(path).rows), "generations")

# %% [markdown]
# The paragraph above is ready for a paper's appendix; `stackcard.json` beside this notebook holds the
# same facts for programs, and `selfhost replay` repeats an experiment from such a card on another
# machine and says what differs. A survey of about 9,000 relevant papers found that few name their
# inference engine at all (arXiv 2605.19537, 2026-05).
#
# **So, are LLMs deterministic?** The network is: once the weights are fixed, it is a formula.
# What is done with its result is a throw of dice, unless you forbid it. And the formula is
# computed by an engine, in a batch, on a machine, each of which may round in its own way. Ask
# "which of these did you keep equal?", and you will know what to expect.

# %% [markdown] tags=["es"] of="e88ec43f"
# El párrafo de arriba está listo para el apéndice de un artículo; `stackcard.json`, junto a este cuaderno, tiene
# los mismos datos para los programas, y `selfhost replay` repite en otra máquina un experimento a partir
# de una de esas fichas y dice qué es distinto. Un repaso de unos 9 000 artículos pertinentes encontró
# que pocos nombran siquiera su motor de inferencia (arXiv 2605.19537, 2026-05).
#
# **Entonces, ¿son deterministas los LLM?** La red lo es: una vez fijados los pesos, es una fórmula. Lo
# que se hace con su resultado es tirar los dados, si no lo prohíbes. Y la fórmula la calcula un motor,
# en un lote, en una máquina, y cada uno de ellos puede redondear a su manera. Pregunta «¿cuáles de estas
# cosas mantuviste iguales?», y sabrás qué esperar.

# %% [markdown]
# ## Check yourself
#
# **1.** You set `seed` to 42 and leave the temperature at 0.8. Is the answer repeatable?
#
# <details><summary>Answer</summary>
#
# As far as chance goes, yes: the dice fall the same way. It is not the model's likeliest answer,
# and all the other points of the checklist still apply.
#
# </details>
#
# **2.** Twenty runs at temperature 0 were equal. May you write "the model is deterministic"?
#
# <details><summary>Answer</summary>
#
# No. "No difference in 20 runs": at 95 % confidence, fewer than about 15 % of further runs
# differ. And that holds for this set-up only.
#
# </details>
#
# **3.** Your answers were equal all morning; in the afternoon, with the class logged in, some
# differ. Nothing was changed. What do you suspect, and how do you find out?
#
# <details><summary>Answer</summary>
#
# The batch: other requests share it now. Ask again in reproducible mode, or when nobody else is
# there, and compare the log-probabilities, not only the texts.
#
# </details>
#
# **4.** A colleague's script sends `{"model": ..., "prompt": ..., "temperature": 0}` to
# `/api/generate`. What is wrong?
#
# <details><summary>Answer</summary>
#
# In Ollama's API, settings belong into `options`. Outside, they are ignored without a word.
#
# </details>

# %% [markdown] tags=["es"] of="f34d0aae"
# ## Compruébalo
#
# **1.** Pones `seed` a 42 y dejas la temperatura en 0,8. ¿Se puede repetir la respuesta?
#
# <details><summary>Respuesta</summary>
#
# En lo que toca al azar, sí: los dados caen igual. No es la respuesta más probable del modelo, y todos
# los demás puntos de la lista siguen valiendo.
#
# </details>
#
# **2.** Veinte ejecuciones a temperatura 0 fueron iguales. ¿Puedes escribir «el modelo es determinista»?
#
# <details><summary>Respuesta</summary>
#
# No. «Ninguna diferencia en 20 ejecuciones»: con una confianza del 95 %, menos de un 15 % más o menos de
# las siguientes son distintas. Y eso vale solo para este entorno.
#
# </details>
#
# **3.** Tus respuestas fueron iguales toda la mañana; por la tarde, con la clase conectada, algunas son
# distintas. No se cambió nada. ¿Qué sospechas, y cómo lo averiguas?
#
# <details><summary>Respuesta</summary>
#
# El lote: ahora lo comparten otras peticiones. Pregunta otra vez en modo reproducible, o cuando no haya
# nadie más, y compara los logaritmos de las probabilidades, no solo los textos.
#
# </details>
#
# **4.** El programa de una compañera envía `{"model": ..., "prompt": ..., "temperature": 0}` a
# `/api/generate`. ¿Qué está mal?
#
# <details><summary>Respuesta</summary>
#
# En la API de Ollama los ajustes van en `options`. Fuera de ahí se ignoran sin una palabra.
#
# </details>
