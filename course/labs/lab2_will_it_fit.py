# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
#   kit:
#     title: Will it fit, will it pay?
#     minutes: 10
#     exercises: 35
#     objectives:
#       - write the memory arithmetic yourself, and check it against a real process
#       - choose the largest model that fits a given machine and class
#       - bound the speed of a machine that you do not have
#       - answer "does it pay?" for a case of your own, with its uncertainty
#     needs: []
#     next: 05_ollama
#     es:
#       title: ¿Cabrá, compensará?
#       objectives:
#         - escribir tú la aritmética de la memoria, y comprobarla con un proceso de verdad
#         - elegir el modelo más grande que cabe en una máquina dada para una clase dada
#         - poner una cota a la velocidad de una máquina que no tienes
#         - responder «¿compensa?» en un caso tuyo, con su incertidumbre
# ---

# %% [markdown]
# Your department wants to host a model for a class. Three people ask you three questions: the
# technician, **does it fit** into the machine in the corner? The teacher, **is it fast enough**? The
# head of department, **does it pay**? You need notebook 04. This time you write the formulas.

# %% [markdown] tags=["es"] of="b0716cf0"
# Tu departamento quiere alojar un modelo para una clase. Tres personas te hacen tres preguntas. Quien
# lleva la técnica: **¿cabe** en la máquina del rincón? Quien da la clase: **¿va bastante rápido?**
# Quien dirige el departamento: **¿compensa?** Necesitas el cuaderno 04. Esta vez las fórmulas las
# escribes tú.

# %%
from selfhost import show, sizing
from selfhost.checks import Checks
from selfhost.sizing import lab2

check = Checks("Lab 2")

# %% [markdown]
# ## 1. The weights
#
# **Exercise 1.** Bytes of the weights of a model with `parameters` parameters at `bits` bits per
# weight. (`bits` may be a fraction: Q4_0 takes 4.5.)

# %% [markdown] tags=["es"] of="37842acc"
# ## 1. Los pesos
#
# **Ejercicio 1.** Los bytes de los pesos de un modelo con `parameters` parámetros a `bits` bits por
# peso. (`bits` puede no ser entero: Q4_0 ocupa 4,5.)

# %%
def weight_bytes(parameters, bits):
    ### BEGIN HINT
    # A byte has eight bits.
    ### END HINT
    ### BEGIN SOLUTION
    return parameters * bits / 8
    ### END SOLUTION


check("1", "bytes from parameters and bits", lab2.check_weights, weight_bytes)

# %% [markdown]
# ## 2. The KV cache
#
# A `shape` knows `layers`, `kv_heads` (one number per layer), `head_dim`, `window` (tokens, or `None`)
# and `is_global(layer)`: whether this layer sees the whole context. The others keep the window only.
#
# **Exercise 2.** Bytes of the cache for `tokens` tokens of context and one user, in float16 (2 bytes per
# number). For each token and layer there are a key *and* a value.

# %% [markdown] tags=["es"] of="2e8d4147"
# ## 2. La caché KV
#
# Un `shape` (la forma de un modelo) conoce `layers` (las capas), `kv_heads` (un número por capa),
# `head_dim`, `window` (tokens, o `None`) e `is_global(layer)`: si esta capa ve todo el contexto. Las
# demás guardan solo la ventana.
#
# **Ejercicio 2.** Los bytes de la caché para `tokens` tokens de contexto y un usuario, en float16 (2
# bytes por número). Por cada token y cada capa hay una clave *y* un valor.

# %%
def cache_bytes(shape, tokens):
    ### BEGIN HINT
    # Go over the layers and add up: how many tokens does this one keep? A context that is shorter
    # than the window fills only a part of it.
    ### END HINT
    ### BEGIN SOLUTION
    total = 0
    for layer in range(shape.layers):
        window = shape.window or tokens
        kept = tokens if shape.is_global(layer) else min(tokens, window)
        total += shape.kv_heads[layer] * shape.head_dim * 2 * 2 * kept
    return total
    ### END SOLUTION


check("2", "the cache with its window", lab2.check_cache, cache_bytes)

# %% [markdown]
# ## 3. Does it fit?
#
# The machine in the corner has a card with **24 GB**. The class: **12 students** at the same time, each
# with **8,192 tokens** of context. These models are for choice, in Q4_K_M (take 4.9 bits per weight; the
# smallest one has more, but it is the smallest), and 1 GB should stay free for everything else.

# %% [markdown] tags=["es"] of="af05e8df"
# ## 3. ¿Cabe?
#
# La máquina del rincón tiene una tarjeta de **24 GB**. La clase: **12 estudiantes** a la vez, cada cual
# con **8192 tokens** de contexto. Se puede elegir entre estos modelos, en Q4_K_M (cuenta con 4,9 bits
# por peso; el más pequeño tiene más, pero es el más pequeño), y debe quedar libre 1 GB para todo lo
# demás. (En inglés, *billion* son mil millones: 8.2 billion son 8200 millones.)

# %%
names = ["gemma3:1b", "gemma3:4b", "qwen3:8b", "gemma3:12b", "gemma3:27b"]
shapes = sizing.published_shapes()
show.table([(n, f"{shapes[n].parameters / 1e9:.1f} billion", shapes[n].layers, shapes[n].window or "none")
            for n in names], ["model", "parameters", "layers", "window (tokens)"])

# %% [markdown]
# Commit yourself before you compute: which is the largest that fits?

# %% [markdown] tags=["es"] of="f56e34fe"
# Apuesta antes de calcular: ¿cuál es el más grande que cabe?

# %% tags=["nbval-ignore-output"]
from selfhost.widgets.predict import predict

guess = predict("24 GB, 12 students with 8,192 tokens each. The largest that fits:", names)
guess

# %% [markdown]
# **Exercise 3.** Fill in `needs` (name → bytes) with your two functions, look at the table, and put the
# name of the largest model that fits (by number of parameters) into `choice`.

# %% [markdown] tags=["es"] of="7fcdb984"
# **Ejercicio 3.** Rellena `needs` (nombre → bytes) con tus dos funciones, mira la tabla, y pon en
# `choice` el nombre del modelo más grande que cabe (por número de parámetros). (*fits*: cabe.)

# %%
users, context, limit = 12, 8192, 23e9
needs, choice = {}, None
### BEGIN HINT
# The weights are there once; the cache once for each student.
### END HINT
### BEGIN SOLUTION
for name in names:
    cached = cache_bytes(shapes[name], context)
    needs[name] = weight_bytes(shapes[name].parameters, 4.9) + users * cached
choice = max((n for n in names if needs[n] <= limit), key=lambda n: shapes[n].parameters)
### END SOLUTION
for name, need in needs.items():
    print(f"{name:11} {need / 1e9:5.1f} GB", "fits" if need <= limit else "does not fit")

# %% [markdown]
# Is it so?

# %% [markdown] tags=["es"] of="5bfd76fc"
# ¿Es así?

# %%
fits = {n: 4.9 / 8 * shapes[n].parameters
        + users * sum(sizing.kv_cache(shapes[n], context)) <= limit for n in names}
check("3", "the largest model that fits", lab2.check_choice, choice, fits, names)
if check.done("3"):
    display(guess.reveal(choice))

# %% [markdown]
# Look at qwen3:8b: it takes more than the 12b model, since twelve caches *without* a window take three
# times its weights. "An 8b model in 4 bits fits into 6 GB" is true for one user with a short context,
# and does not help you with a class.
#
# ## 4. Is the arithmetic true?
#
# Trust it only after a measurement. The course's own model, loaded by llama.cpp in a process of its own
# with a full context, once small and once large. What is not in the formula (code, threads, vocabulary)
# is in both and drops out of the difference:

# %% [markdown] tags=["es"] of="569d2d87"
# Mira qwen3:8b: ocupa más que el modelo de 12b, porque doce cachés *sin* ventana ocupan el triple que
# sus pesos. «Un modelo de 8b en 4 bits cabe en 6 GB» es verdad para un usuario con un contexto corto, y
# no te sirve con una clase.
#
# ## 4. ¿Es verdad la aritmética?
#
# No te fíes de ella hasta haber medido. El modelo del propio curso, cargado por llama.cpp en un proceso
# aparte con el contexto lleno, una vez pequeño y otra grande. Lo que no está en la fórmula (código,
# hilos, vocabulario) está en los dos y desaparece en la diferencia:

# %% tags=["nbval-ignore-output"]
from selfhost.sizing import measure
from selfhost.sizing.measure import Load

model = sizing.read("aprendiz")
one = measure.load(model.path, Load(context=256, cache="f32"))
eight = measure.load(model.path, Load(context=2048, cache="f32", slots=8))
computed = (sizing.memory(model, 2048, cache="f32", slots=8).total
            - sizing.memory(model, 256, cache="f32").total)
print(f"measured {(eight.cost - one.cost) / 1e6:.1f} MB more, computed {computed / 1e6:.1f} MB more")

# %% [markdown]
# ## 5. Is it fast enough?
#
# The card reads **400 GB/s** (its data sheet says so). Reading aloud goes at about 4 tokens per second;
# people who read on a screen like 10 or more.
#
# **Exercise 4.** At most how many tokens per second can a single student get from a model with 7.3 GB of
# weights on this card?

# %% [markdown] tags=["es"] of="3f3aa06f"
# ## 5. ¿Va bastante rápido?
#
# La tarjeta lee **400 GB/s** (lo dicen sus especificaciones). Leer en voz alta va a unos 4 tokens por
# segundo; a quien lee en pantalla le gustan 10 o más.
#
# **Ejercicio 4.** ¿Cuántos tokens por segundo, como mucho, puede recibir un solo estudiante de un
# modelo con 7,3 GB de pesos en esta tarjeta?

# %%
bandwidth, weights = 400e9, 7.3e9
at_most = None
### BEGIN HINT
# Every token reads every weight once.
### END HINT
### BEGIN SOLUTION
at_most = bandwidth / weights
### END SOLUTION
check("4", "a bound on the speed", lab2.check_speed, at_most, bandwidth, weights)

# %% [markdown]
# ## 6. Does it pay?
#
# **Exercise 5.** Months until a purchase has paid for itself, given its price and the monthly costs of
# the API and of running the machine (all in EUR). If it never does, return `None`.

# %% [markdown] tags=["es"] of="effb571e"
# ## 6. ¿Compensa?
#
# **Ejercicio 5.** Los meses hasta que una compra se ha pagado sola, dados su precio y lo que cuestan al
# mes la API y tener la máquina en marcha (todo en EUR). Si no ocurre nunca, devuelve `None`.

# %%
def months_to_pay_back(purchase, api, own):
    ### BEGIN HINT
    # What is saved in a month? And if that is nothing, or less than nothing?
    ### END HINT
    ### BEGIN SOLUTION
    saved = api - own
    if saved <= 0:
        return None
    return purchase / saved
    ### END SOLUTION


check("5", "months, or never", lab2.check_months, months_to_pay_back, sizing.assumptions())

# %% [markdown]
# **Now your own case.** Change at least three of the values to those of your department (three values
# each, from good to bad for self-hosting; one number if you are sure). Where do you get them? The invoice
# of the last computer, the electricity bill, somebody who writes down the hours.

# %% [markdown] tags=["es"] of="4a0d64c3"
# **Ahora tu propio caso.** Cambia al menos tres de los valores por los de tu departamento (tres valores
# cada uno, de bueno a malo para quien aloja su propio modelo; un solo número si lo sabes seguro). ¿De
# dónde los sacas? De la factura del último ordenador, del recibo de la luz, de alguien que apunte las
# horas. (`demand`: millones de tokens al mes; `maintenance`: horas al mes; `api_price`: EUR por millón
# de tokens. En el veredicto, *pays back*: se amortiza; *never pays back*: no se amortiza nunca; los
# tres casos son el favorable, el típico y el desfavorable.)

# %% tags=["nbval-ignore-output"]
from selfhost.sizing import pictures

mine = sizing.assumptions().but(
    demand=(200, 100, 20),      # million tokens a month
    maintenance=(0.5, 1, 2),    # hours a month
    api_price=(3.0, 1.0, 0.5),  # EUR per million tokens
)
for verdict in sizing.compare(mine).values():
    print(verdict)

# %% [markdown]
# And what does your result hang on? Those are the values to find out better before anybody signs.

# %% [markdown] tags=["es"] of="6e580ab1"
# ¿Y de qué depende tu resultado? Esos son los valores que hay que averiguar mejor antes de que nadie
# firme.

# %% tags=["nbval-ignore-output"]
show.picture(
    pictures.tornado(mine),
    "What each assumption moves: " + "; ".join(
        f"{q.what}: from {bad:,.0f} to {good:,.0f} EUR"
        for q, good, bad in sizing.cost.sensitivity(mine)[:3]),
)

# %% [markdown]
# ## 7. Answer the three people
#
# **Exercise 6** (with your neighbour). Three sentences, one for each: what you would tell the technician,
# the teacher and the head of department. A number, its range, and what you would measure next.

# %% [markdown] tags=["es"] of="7c53fc26"
# ## 7. Responde a las tres personas
#
# **Ejercicio 6** (con quien tengas al lado). Tres frases, una para cada persona: qué le dirías a quien
# lleva la técnica, a quien da la clase y a quien dirige el departamento. Un número, su margen, y qué
# medirías después.

# %% [markdown] tags=["solution"]
# One possible answer: *To the technician:* gemma3:12b in 4 bits needs about 18 GB for twelve students
# with 8,192 tokens each, so the 24 GB card holds it; 27b would not fit. *To the
# teacher:* one student gets at most 55 tokens per second, twelve at once less each; I will measure it
# with our real questions. *To the head of department:* with the typical values it does not pay back
# against an API, in the good case it does within a year; what decides is how much we use and who looks
# after the machine, so let us count both for a month before we buy.

# %% [markdown] tags=["es"] of="56de95c8"
# Una respuesta posible. *A quien lleva la técnica:* gemma3:12b en 4 bits necesita unos 18 GB para doce
# estudiantes con 8192 tokens cada uno, así que la tarjeta de 24 GB puede con él; el de 27b no cabría.
# *A quien da la clase:* un solo estudiante recibe como mucho 55 tokens por segundo, doce a la vez menos
# cada uno; lo mediré con nuestras preguntas de verdad. *A quien dirige el departamento:* con los
# valores típicos no se amortiza frente a una API, en el caso bueno se amortiza en menos de un año; lo
# que decide es cuánto lo usamos y quién cuida de la máquina, así que contemos las dos cosas durante un
# mes antes de comprar.

# %%
print(check.summary())
