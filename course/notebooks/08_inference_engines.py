# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
#   kit:
#     title: Inference engines
#     minutes: 60
#     objectives:
#       - choose an engine for a purpose, and give the reasons
#       - measure load time, memory and speed of the same weights in several engines
#       - explain with the memory-bandwidth limit why serving many at once is nearly free
#       - say what continuous batching, prefix caching and speculative decoding save, and when
#       - estimate how many students one machine serves, and test a GPU server's contract
#     needs: [endpoint]
#     next: 09_quantization
#     es:
#       title: Motores de inferencia
#       objectives:
#         - elegir un motor para un fin, y dar las razones
#         - medir el tiempo de carga, la memoria y la velocidad de los mismos pesos en varios motores
#         - explicar con el límite del ancho de banda de la memoria por qué servir a muchos a la vez sale casi gratis
#         - decir qué ahorran los lotes continuos, la caché de prefijos y la decodificación especulativa, y cuándo
#         - estimar a cuántos estudiantes sirve una máquina, y probar si un servidor con GPU cumple lo prometido
# ---

# %% [markdown]
# **The weights are the same. Why is one program ten times as fast as another?** A file of
# weights does nothing; an *inference engine* does the arithmetic, and there are dozens of them.
# Papers often do not even name theirs. In this notebook the same model goes through several
# engines, and one question is answered by measuring: *what does it cost to serve not one student,
# but thirty?* The answer is the reason why these engines exist.

# %% [markdown] tags=["es"] of="f44107a4"
# **Los pesos son los mismos. ¿Por qué un programa es diez veces más rápido que otro?** Un fichero de
# pesos no hace nada; la aritmética la hace un *motor de inferencia*, y los hay por docenas. Muchas
# veces los artículos ni siquiera nombran el suyo. En este cuaderno el mismo modelo pasa por varios
# motores, y una pregunta se responde midiendo: *¿qué cuesta servir, no a un estudiante, sino a
# treinta?* La respuesta es la razón por la que existen estos motores.

# %% tags=["nbval-ignore-output"]
from selfhost.endpoint import endpoint

at = endpoint()
print(at.describe())
at.export()

# %% [markdown]
# ## 1. Which engine for what?
#
# Eleven programs that people call "engine", with what each is for. (Ollama, Jan and LM Studio are
# layers around one; they are here because people choose among all of them.)

# %% [markdown] tags=["es"] of="8ab4d80b"
# ## 1. ¿Qué motor para qué?
#
# Once programas a los que la gente llama «motor», y para qué es cada uno. (Ollama, Jan y LM Studio
# son capas alrededor de uno; están aquí porque la gente elige entre todos ellos.)

# %%
from selfhost import show
from selfhost.serving.guide import guide

show.table(
    [(e.name, e.what, e.runs_on, e.files, e.licence) for e in guide().engines.values()],
    ["engine", "what it is for", "runs on", "files", "licence"],
    caption="sources and dates: src/selfhost/serving/guide.yaml",
)

# %% [markdown]
# Walk through the guide with a purpose of your own. It says the reason at every step; whether you
# agree with the reason is what counts.

# %% [markdown] tags=["es"] of="b826ad98"
# Recorre la guía con un fin tuyo. En cada paso dice la razón; lo que cuenta es si estás de acuerdo
# con la razón.

# %% tags=["nbval-ignore-output"]
from selfhost.widgets.guide import Guide

Guide()

# %% [markdown]
# The way of a department with a GPU server, written out (three answers, three reasons):

# %% [markdown] tags=["es"] of="1ebc0f40"
# El camino de un departamento que tiene un servidor con GPU, por escrito (tres respuestas, tres
# razones):

# %%
answers = ["serve a class or a department", "GPUs of a data centre", "all sorts"]
print(guide().walk(answers).text())

# %% [markdown]
# ## 2. The same weights in four ways
#
# Here we run: **llama.cpp** in process, **CTranslate2**, **transformers**, and the **endpoint**
# (llama.cpp again, with an HTTP API around it). All get the weights of `aprendiz`, which ships in
# the form that each wants; CTranslate2's is converted once and kept. (If another model answers at
# your endpoint, its figures are not comparable with the others.) Before you look: who will be the
# fastest with *one* answer at a time?

# %% [markdown] tags=["es"] of="02a81477"
# ## 2. Los mismos pesos de cuatro maneras
#
# Aquí ejecutamos: **llama.cpp** dentro del proceso, **CTranslate2**, **transformers**, y el
# **endpoint** (otra vez llama.cpp, con una API de HTTP alrededor). Todos reciben los pesos de
# `aprendiz`, que viene en la forma que quiere cada uno; la de CTranslate2 se convierte una vez y se
# guarda. (Si en tu endpoint responde otro modelo, sus cifras no se pueden comparar con las demás.)
# Antes de mirar: ¿quién será el más rápido con *una* respuesta cada vez?

# %% tags=["nbval-ignore-output"]
from selfhost.widgets.predict import predict

fastest = predict("The fastest with one answer at a time?",
                  ["llama.cpp", "CTranslate2", "transformers", "all about the same"])
fastest

# %% [markdown]
# Each engine runs in a process of its own, with one thread, so that nothing of one counts for the
# next. Speeds are by the *processor time* of that process, as if nothing else ran here (only the
# endpoint, which runs already, with threads of its own, is measured by the clock). Half a minute
# on a calm machine.

# %% [markdown] tags=["es"] of="4b169fbd"
# Cada motor se ejecuta en un proceso propio, con un hilo, para que nada de uno cuente para el
# siguiente. Las velocidades van por el *tiempo de procesador* de ese proceso, como si aquí no se
# ejecutara nada más (solo el endpoint, que ya está en marcha y con sus propios hilos, se mide con el
# reloj). Medio minuto en una máquina tranquila.

# %% tags=["nbval-ignore-output"]
from selfhost import KitError
from selfhost.serving.measure import measure, measure_endpoint

found = []
for engine in ("llama.cpp", "CTranslate2", "transformers"):
    try:
        few = engine == "transformers"  # the slowest by far: fewer tokens, once
        found.append(measure(engine, tokens=12 if few else 32, repeats=1 if few else 3))
    except KitError as missing:
        print(missing)
found.append(measure_endpoint(at, tokens=32))

# %% [markdown]
# *Import* is the library, *load* the weights, *memory* what the process grew by:

# %% [markdown] tags=["es"] of="6ea64659"
# *Import* es la biblioteca; *load*, los pesos; *memory*, lo que creció el proceso; *reads* y
# *writes*, los tokens que lee y que escribe por segundo:

# %% tags=["nbval-ignore-output"]
show.table(
    [(m.engine, *((f"{m.import_seconds:.1f}", f"{m.load_seconds:.2f}", show.size(m.memory))
                  if m.memory else ("–", "–", "–")),
      round(m.prompt_per_second), round(m.decode[1])) for m in found],
    ["engine", "import s", "load s", "memory", "reads tokens/s", "writes tokens/s"])

# %% [markdown]
# *Reading* a prompt can be many times as fast as *writing*: the prompt's tokens are all known, so
# they go through the model together; an answer's tokens come one after the other. Note which
# engine gains nothing from that here: section 3 says why.

# %% [markdown] tags=["es"] of="6c968ef8"
# La **lectura del prompt (prefill)** puede ser muchas veces más rápida que la **escritura (decode)**:
# los tokens del prompt se conocen todos, así que pasan juntos por el modelo; los de una respuesta
# llegan uno tras otro. Fíjate en qué motor no gana aquí nada con eso: la sección 3 dice por qué.

# %% tags=["nbval-ignore-output"]
best = max(found[:-1], key=lambda m: m.decode[1])  # the last one is the endpoint
fastest.reveal(best.engine, {"transformers": "It is made for trying things out: Python code runs "
               "for every layer of every token, and with a small model that is most of the time."})

# %% [markdown]
# Does this make transformers a bad engine? No. It is where new models appear first and what
# papers compare with; with a large model on a GPU the arithmetic takes longer than the Python
# around it, and the ratio shrinks. But nobody should serve a class with it.

# %% [markdown] tags=["es"] of="db13e49b"
# ¿Es por eso transformers un mal motor? No. Es donde antes aparecen los modelos nuevos, y con lo que
# comparan los artículos; con un modelo grande en una GPU, la aritmética tarda más que el Python que
# la rodea, y la proporción se encoge. Pero nadie debería dar servicio a una clase con él.

# %% [markdown]
# ## 3. What is the limit?
#
# To write one token, every weight is read once. So no engine can write more tokens per second
# than the memory can deliver the weights. How fast is that here, with one thread?

# %% [markdown] tags=["es"] of="be8cefe5"
# ## 3. ¿Cuál es el límite?
#
# Para escribir un token se lee una vez cada peso. Así que ningún motor puede escribir más tokens por
# segundo que las veces que la memoria puede entregar los pesos en ese segundo. ¿Qué velocidad da eso
# aquí, con un hilo?

# %% tags=["nbval-ignore-output"]
from selfhost.paths import shipped_models
from selfhost.serving.roofline import Limit, Machine, machine
from selfhost.sizing.bandwidth import curve

parameters = 5_577_728
f16 = (shipped_models() / "aprendiz" / "aprendiz-F16.gguf").stat().st_size
limits = {"limit, 16-bit weights": Limit(machine(f16), f16, parameters),
          "limit, 32-bit weights": Limit(machine(2 * f16), 2 * f16, parameters)}
for name, limit in limits.items():
    print(f"{name}: {limit.machine.bandwidth / 1e9:.0f} GB/s / {limit.weights / 1e6:.0f} MB "
          f"= {limit.memory(1):.0f} tokens per second")

# %% [markdown]
# Our model is so small that it fits into the processor's **cache**. Blocks that do not fit come
# from main memory, which is slower; that is where real models live:

# %% [markdown] tags=["es"] of="1479c851"
# Nuestro modelo es tan pequeño que cabe en la **caché** del procesador. Los bloques que no caben
# vienen de la memoria principal, que es más lenta; ahí viven los modelos de verdad:

# %% tags=["nbval-ignore-output"]
speeds = curve((4, 16, 64, 256))
print({f"{size} MB": f"{speed / 1e9:.0f} GB/s" for size, speed in speeds.items()})
gemma = 815e6  # bytes of gemma3:1b in 4 bits, as Ollama serves it
print(f"gemma3:1b here, at most: {speeds[256] / gemma:.0f} tokens per second, one thread")

# %% [markdown]
# Now the question of this notebook. One student gets so many tokens per second. Now **eight**
# students ask at once, and the engine computes their next tokens *together*. All together, per
# second, they get ...

# %% [markdown] tags=["es"] of="e990b818"
# Ahora, la pregunta de este cuaderno. Un estudiante recibe cierta cantidad de tokens por segundo.
# Ahora preguntan **ocho** a la vez, y el motor calcula *juntos* sus tokens siguientes. Entre todos,
# por segundo, reciben…

# %% tags=["nbval-ignore-output"]
eight = predict("Eight sequences in one batch. Tokens per second, all together, compared to one:",
                ["the same: the machine is as fast as it is", "clearly more", "less"])
eight

# %% [markdown]
# The weights that were read for one token of the first student are used for the seven others as
# well: they are already there. Only when the arithmetic itself becomes the limit does this end.
# The broken lines are these two limits (rising: memory; flat: arithmetic).

# %% [markdown] tags=["es"] of="06e5ebd6"
# Los pesos que se leyeron para un token del primer estudiante sirven también para los otros siete: ya
# están ahí. Esto solo se acaba cuando el límite pasa a ser la propia aritmética. Las líneas
# discontinuas son estos dos límites (la que sube: la memoria; la plana: la aritmética).

# %% tags=["nbval-ignore-output"]
from selfhost.serving import pictures

show.picture(pictures.scaling(found, limits), pictures.scaling_words(found))

# %% [markdown]
# The same in numbers: how many times as many tokens per second as with one sequence?

# %% [markdown] tags=["es"] of="de743fab"
# Lo mismo en números: ¿cuántas veces los tokens por segundo de una sola secuencia?

# %% tags=["nbval-ignore-output"]
show.table(
    [(m.engine, *(f"{m.decode[n] / m.decode[1]:.1f}" if n in m.decode else "–"
                  for n in found[0].decode)) for m in found],
    ["times the speed of one, with", *map(str, found[0].decode)],
)

# %% [markdown]
# transformers gains most, because its Python runs once for all sequences of the batch instead of
# once for each. llama.cpp gains little with *this* model: reading weights from the cache costs
# nearly nothing, so there is nothing to share (and its prompts went no faster than its answers, in
# the table of section 2). Let us take a model that does not fit: 32 M parameters in 32 bits, 130 MB.
# Its weights are **random**: it writes nonsense, at the speed of any model of its shape.

# %% [markdown] tags=["es"] of="58448070"
# El que más gana es transformers, porque su Python se ejecuta una vez para todas las secuencias del
# lote en vez de una vez para cada una. llama.cpp gana poco con *este* modelo: leer los pesos de la
# caché no cuesta casi nada, así que no hay nada que compartir (y en la tabla de la sección 2 sus
# prompts no iban más deprisa que sus respuestas). Tomemos un modelo que no cabe: 32 M de parámetros
# en 32 bits, 130 MB. Sus pesos son **al azar**: escribe disparates, a la velocidad de cualquier
# modelo de su forma.

# %% tags=["nbval-ignore-output"]
from selfhost.serving import heavy

large = heavy.path()
size = large.stat().st_size
slow = measure("llama.cpp", tokens=8, prompt=64, repeats=2, path=large)
roof = Limit(machine(size), size, heavy.parameters())
show.picture(pictures.scaling([slow], {"limit": roof}, f"Random weights, {show.size(size)}, in main memory"),
             pictures.scaling_words([slow]))

# %% [markdown]
# Where the rising line meets the flat one, reading and arithmetic take equally long. To the left
# of it, another student is nearly free; to the right, everybody pays. On this machine:

# %% [markdown] tags=["es"] of="93f301a3"
# Donde la línea que sube se encuentra con la plana, la lectura y la aritmética tardan lo mismo. A su
# izquierda, un estudiante más sale casi gratis; a su derecha, lo pagan todos. En esta máquina:

# %% tags=["nbval-ignore-output"]
print(f"one thread here: {roof.machine.bandwidth / 1e9:.0f} GB/s, {roof.machine.flops / 1e9:.0f} GFLOP/s; "
      f"the lines meet at {roof.ridge:.0f} sequences")
h100 = Limit(Machine(3.35e12, 989e12), 2 * 10**9, 10**9)  # NVIDIA's data sheet: HBM3, dense bf16
print(f"an H100, by its data sheet, 1 B parameters in 16 bits: at {h100.ridge:.0f}")

# %% [markdown]
# That is the whole secret of GPU servers: hundreds of students share one reading of the weights.
# (A data sheet is a promise, not a measurement. For a CPU that was measured calm: 191 MB of random
# weights in 8 bits gave 164 tokens per second for one client, 217 for four and 314 for eight,
# `benchmarks/README.md`.)

# %% [markdown] tags=["es"] of="7ea39efd"
# Ese es todo el secreto de los servidores con GPU: cientos de estudiantes comparten una sola lectura
# de los pesos. (Una hoja de datos es una promesa, no una medida. Para una CPU que se midió tranquila:
# 191 MB de pesos al azar en 8 bits dieron 164 tokens por segundo para un cliente, 217 para cuatro y
# 314 para ocho, `benchmarks/README.md`.)

# %% tags=["nbval-ignore-output"]
gain = max(m.decode.get(8, 0) / m.decode[1] for m in [*found, slow])
eight.reveal("clearly more" if gain > 1.3 else "the same: the machine is as fast as it is",
             {"less": "Only if the batch no longer fits into memory or cache."})

# %% [markdown]
# ## 4. Continuous batching
#
# A batch needs requests that are there at the same time. In a class they come when they come, and
# end when they end. A **serial** server (`llama_cpp.server`; Ollama unless `OLLAMA_NUM_PARALLEL`
# says otherwise, 2026-08) does one after the other. A server with **static batches** collects some,
# and starts the next batch when the longest of them is done. With **continuous batching**, after
# *each token* who is done leaves the batch, and who waits may join. (vLLM, SGLang, LMDeploy,
# llama.cpp's server, and the endpoint here do this.)
#
# Eight students ask the large model at the same moment, for answers of different length. Serial is
# played by letting only one request in at a time: same engine, same requests.

# %% [markdown] tags=["es"] of="4ac6e84a"
# ## 4. Lotes continuos
#
# Un lote necesita peticiones que estén ahí al mismo tiempo. En una clase llegan cuando llegan, y
# terminan cuando terminan. Un servidor **en serie** (`llama_cpp.server`; Ollama, si
# `OLLAMA_NUM_PARALLEL` no dice otra cosa, 2026-08) las atiende una tras otra. Un servidor con **lotes
# estáticos** reúne unas cuantas, y empieza el lote siguiente cuando ha terminado la más larga. Con
# **lotes continuos** (*continuous batching*), después de *cada token* quien ha terminado deja el
# lote, y quien espera puede entrar. (Lo hacen vLLM, SGLang, LMDeploy, el servidor de llama.cpp, y
# aquí el endpoint.)
#
# Ocho estudiantes preguntan en el mismo momento al modelo grande, con respuestas de distinta
# longitud. El servidor en serie lo imitamos dejando entrar solo una petición cada vez: el mismo
# motor, las mismas peticiones.

# %% tags=["nbval-ignore-output"]
from selfhost.serving.students import in_process, room

lengths = [6, 20, 10, 15, 5, 16, 13, 9]  # tokens
with in_process(large, seats=8) as ask:
    room(ask, [2] * 8)  # warm
    rounds = {"one after the other": room(ask, lengths, together=False, times=2),
              "continuous batching": room(ask, lengths, times=2)}
show.picture(pictures.timeline(rounds), pictures.timeline_words(rounds))

# %% [markdown]
# Look at the grey. What a student feels is the time until the first word. One after the other, it
# depends on who stands in front of you; together, everybody begins at once, and whoever has a
# short answer is done early:

# %% [markdown] tags=["es"] of="42af3db9"
# Mira el gris. Lo que nota un estudiante es el tiempo hasta la primera palabra. De uno en uno,
# depende de quién tengas delante; juntos, empiezan todos a la vez, y quien tiene una respuesta corta
# acaba pronto:

# %% tags=["nbval-ignore-output"]
from statistics import median

show.table(
    [(name, f"{r.throughput:.0f}", f"{1000 * median(r.waits()):.0f}", f"{1000 * r.waits()[-1]:.0f}",
      f"{median(s.speed for s in r.served):.0f}") for name, r in rounds.items()],
    ["way", "tokens/s, all", "first word, median ms", "first word, last student ms",
     "a student's own tokens/s"],
)

# %% [markdown]
# There is a price: in company each student's own stream is slower than alone. As long as it is
# faster than people read, nobody minds: 238 English words a minute (Brysbaert, 2019), some five
# tokens a second.

# %% [markdown] tags=["es"] of="4bdedaf9"
# Tiene un precio: en compañía, el texto de cada estudiante avanza más despacio que a solas. Mientras
# vaya más deprisa de lo que se lee, a nadie le importa: 238 palabras inglesas por minuto (Brysbaert,
# 2019), unos cinco tokens por segundo.

# %% [markdown]
# ## 5. Work that need not be done twice
#
# ### The prefix cache
#
# Thirty students use one program, whose system prompt has 800 tokens. Each question comes after
# the same 800 tokens. Must the engine read them thirty times?

# %% [markdown] tags=["es"] of="bf5b65e2"
# ## 5. Trabajo que no hace falta hacer dos veces
#
# ### La caché de prefijos
#
# Treinta estudiantes usan un programa cuyo texto de sistema tiene 800 tokens. Cada pregunta va detrás
# de los mismos 800 tokens. ¿Tiene que leerlos el motor treinta veces?

# %% tags=["nbval-ignore-output"]
from selfhost.serving import reuse

weights = shipped_models() / "aprendiz" / "aprendiz-F16.gguf"
turn = "<start_of_turn>user\n{}<end_of_turn>\n<start_of_turn>model\n"
rules = "You are a patient teacher. " + "Answer in one short sentence. The class is about open models. " * 60
rows = []
with reuse.engine(weights) as llama:
    for question in ("What is a token?", "What is a seed?", "Why is the sky blue?"):
        a = reuse.ask(llama, turn.format(rules + question), 16)
        rows.append((question, a.prompt, a.cached, f"{a.read_ms:.0f}"))
show.table(rows, ["question, after the rules", "tokens in the prompt", "known already", "reading, ms"])

# %% [markdown]
# The keys and values of tokens that were read before are kept; a prompt that *begins* in the same
# way goes on from there. Begins: what if the question stands before the rules? (Or a date, or the
# student's name, in the first line of the system prompt?)

# %% [markdown] tags=["es"] of="af83fb80"
# Se guardan las claves y los valores de los tokens que ya se leyeron; un prompt que *empieza* igual
# sigue desde ahí. Empieza: ¿y si la pregunta va delante de las reglas? (¿O una fecha, o el nombre del
# estudiante, en la primera línea del texto de sistema?)

# %% tags=["nbval-ignore-output"]
front = predict("The question first, then the 800 tokens of rules. Known already:",
                ["the 800 tokens of rules", "hardly anything"])
front

# %% [markdown]
# The same texts in the other order:

# %% [markdown] tags=["es"] of="bd498583"
# Los mismos textos en el otro orden:

# %% tags=["nbval-ignore-output"]
rows = []
with reuse.engine(weights) as llama:
    for question in ("What is a token?", "What is a seed?", "Why is the sky blue?"):
        a = reuse.ask(llama, turn.format(question + rules), 16)
        rows.append((question, a.prompt, a.cached, f"{a.read_ms:.0f}"))
display(front.reveal("hardly anything"))
show.table(rows, ["question, before the rules", "tokens in the prompt", "known already", "reading, ms"])

# %% [markdown]
# A token's keys and values depend on everything before it, so the first difference ends the reuse.
# **Put what never changes first, and what changes last**: with hosted APIs this is money (many bill
# cached tokens at a fraction), with your own it is the time to the first word. vLLM and SGLang
# keep such beginnings for all users together, llama.cpp per slot. (A cache can also change the
# last digits of a result: notebook 14.)
#
# ### Speculative decoding
#
# Writing is slow because tokens come one after the other. Reading can be fast, as they go together.
# Trick: a **small, quick model guesses** the next four tokens, and the large one *reads* the guess
# in one go: as far as it agrees, these tokens are done. What does it do to the text?

# %% [markdown] tags=["es"] of="7dbf2040"
# Las claves y los valores de un token dependen de todo lo que va delante, así que la primera
# diferencia acaba con la reutilización. **Pon primero lo que no cambia nunca, y al final lo que
# cambia**: en las API de otros eso es dinero (muchas cobran los tokens que ya están en la caché a una
# fracción del precio); en la tuya es el tiempo hasta la primera palabra. vLLM y SGLang guardan esos
# comienzos para todos los usuarios en común; llama.cpp, por ranura (*slot*). (Una caché también puede
# cambiar las últimas cifras de un resultado: cuaderno 14.)
#
# ### Decodificación especulativa
#
# Escribir es lento porque los tokens llegan uno tras otro. Leer puede ser rápido, porque van juntos.
# El truco: un **modelo pequeño y rápido adivina** los cuatro tokens siguientes, y el grande *lee* de
# una vez lo adivinado: hasta donde esté de acuerdo, esos tokens ya están hechos. ¿Qué le hace eso al
# texto?

# %% tags=["nbval-ignore-output"]
same = predict("At temperature 0, with a draft model that is sometimes wrong, the answer ...",
               ["is the same", "is a little worse", "is a mixture of both models"])
same

# %% [markdown]
# Here `aprendiz` in 8 bits guesses for `aprendiz` in 16 bits. A second kind needs no other model:
# it looks whether the last words have occurred before, and guesses that they go on in the same way.

# %% [markdown] tags=["es"] of="7d59a7ce"
# Aquí `aprendiz` en 8 bits adivina para `aprendiz` en 16 bits. Hay una segunda manera, que no
# necesita otro modelo: mira si las últimas palabras ya han aparecido antes, y adivina que seguirán
# igual.

# %% tags=["nbval-ignore-output"]
q8 = shipped_models() / "aprendiz" / "aprendiz-Q8_0.gguf"
rows, texts = [], set()
for draft in reuse.DRAFTS:
    with reuse.engine(weights, draft=draft, draft_path=q8) as llama:
        reuse.ask(llama, turn.format("Hello!"), 4)  # warm
        tries = [reuse.ask(llama, turn.format("Tell me a story."), 120, cache=False) for _ in range(3)]
    a = min(tries, key=lambda a: a.write_ms)  # other programs only slow one down
    texts.update(each.text for each in tries)
    rows.append((draft, a.drafted, a.taken, f"{a.write_ms:.0f}"))
print("different answers:", len(texts))
show.table(rows, ["guessed by", "tokens guessed", "of them right", "120 tokens, ms"])

# %% [markdown]
# The large model has the last word on every token, so the answer is the same. (The guesser
# without a model waits until twelve tokens in a row come a second time, as in code, or in an answer
# that quotes its question. A story does not do that.)

# %% [markdown] tags=["es"] of="b026ac54"
# El modelo grande tiene la última palabra en cada token, así que la respuesta es la misma. (El
# adivino sin modelo espera a que doce tokens seguidos aparezcan por segunda vez, como ocurre en el
# código, o en una respuesta que cita su pregunta. En un cuento no pasa.)

# %%
same.reveal("is the same", {"is a little worse": "Every guess is checked before it counts."})

# %% [markdown]
# Most guesses of the small model are right. And is it faster? Look at the last column: no. What
# should it be? With guesses right at a rate *a*, *k* at a time, and a draft step that costs *c* of
# a large step, (1 − a^(k+1)) / ((1 − a)(kc + 1)) times as fast (Leviathan et al., 2023):

# %% [markdown] tags=["es"] of="c972abd9"
# La mayor parte de lo que adivina el modelo pequeño es acertado. ¿Y va más deprisa? Mira la última
# columna: no. ¿Qué cabría esperar? Si acierta con una frecuencia *a*, de *k* en *k*, y un paso del
# borrador cuesta *c* de un paso grande, va (1 − a^(k+1)) / ((1 − a)(kc + 1)) veces más deprisa
# (Leviathan et al., 2023):

# %%
for name, cost in [("half as expensive, as here", 0.5), ("a tenth, as 1 B beside 10 B", 0.1)]:
    gains = [f"{reuse.speed_up(right, 4, cost):.1f}" for right in (0.5, 0.7, 0.9)]
    print(f"draft {name}: times {', '.join(gains)} if 50, 70, 90 % are right")

# %% [markdown]
# The formula promised a gain and we measured a loss, for it takes for granted that the large model
# reads five tokens in the time of one. That is so where *memory* is the limit; this model sits in
# the cache, and pays for every token that it checks. So the trick needs a large model that waits
# for memory, a small one that often guesses right (same family, same tokens), and few users: with
# thirty at once the arithmetic is busy anyway, and wrong guesses take it away from others.

# %% [markdown] tags=["es"] of="67dc6a6c"
# La fórmula prometía una ganancia y hemos medido una pérdida, porque da por hecho que el modelo
# grande lee cinco tokens en el tiempo de uno. Eso se cumple donde el límite es la *memoria*; este
# modelo está en la caché, y paga por cada token que comprueba. El truco necesita, pues, un modelo
# grande que espere a la memoria, uno pequeño que acierte a menudo (la misma familia, los mismos
# tokens), y pocos usuarios: con treinta a la vez la aritmética está ocupada de todos modos, y lo que
# se adivina mal se la quita a los demás.

# %% [markdown]
# ## 6. How many students?
#
# Take a reading speed. For `aprendiz`, divide the endpoint's total by it. For `gemma3:1b`, two times
# describe a step of the large model above: *reading* the weights, once, and the *arithmetic* of each
# sequence. We fit both to what was measured, and scale them: the first with the bytes (815 MB in 4
# bits), the second with the parameters. A model of a model: good for "one or ten or a hundred?",
# not for a promise.

# %% [markdown] tags=["es"] of="889ec2c3"
# ## 6. ¿Cuántos estudiantes?
#
# Toma una velocidad de lectura. Para `aprendiz`, divide por ella el total del endpoint. Para
# `gemma3:1b`, un paso del modelo grande de arriba se describe con dos tiempos: la *lectura* de los
# pesos, una vez, y la *aritmética* de cada secuencia. Ajustamos los dos a lo medido, y les cambiamos
# la escala: al primero con los bytes (815 MB en 4 bits), al segundo con los parámetros. Un modelo de
# un modelo: sirve para «¿uno, diez o cien?», no para una promesa.

# %% tags=["nbval-ignore-output"]
from selfhost.serving.roofline import fit

READING = 5  # tokens per second that a student wants to see
most = max(found[-1].decode.values())
print(f"{at.model}: {most:.0f} tokens/s in all: {most / READING:.0f} students who are being answered at once")
step = fit(slow.decode)
print(f"a step of the large model: {1000 * step.reading:.1f} ms + {1000 * step.sequence:.1f} ms per sequence")
big = step.scaled(gemma / size, 1e9 / heavy.parameters())
print(f"gemma3:1b, one thread: {big.total(1):.1f} tokens/s alone, {big.students(READING)} "
      f"students at once with {READING} tokens/s each")

# %% [markdown]
# (One thread, on whatever else this machine was doing. A laptop with eight free cores has about
# eight times the arithmetic, and twice the bandwidth of one thread.) Students do not all write at
# the same moment: they read and think. If one student in four is being answered at any moment,
# four times as many may sit in the room.
#
# Or play the class: `python -m benchmarks.classroom_load` lets 30 students ask, read and think, with
# the large model of this notebook too, against a serial server and against the endpoint, and prints
# how long they wait (4 minutes; it wants a machine that has nothing else to do). When one machine
# is not enough: `deploy/router/` puts several behind one address.

# %% [markdown] tags=["es"] of="f71b23db"
# (Un hilo, con lo que esta máquina estuviera haciendo además. Un portátil con ocho núcleos libres
# tiene unas ocho veces la aritmética, y el doble del ancho de banda de un hilo.) No todos los
# estudiantes escriben en el mismo momento: leen y piensan. Si en cada momento se está respondiendo a
# uno de cada cuatro, en el aula puede haber cuatro veces más.
#
# O juega a ser la clase: `python -m benchmarks.classroom_load` hace que 30 estudiantes pregunten,
# lean y piensen, también con el modelo grande de este cuaderno, frente a un servidor en serie y
# frente al endpoint, e imprime cuánto esperan (4 minutos; quiere una máquina que no tenga otra cosa
# que hacer). Cuando no basta una máquina: `deploy/router/` pone varias tras una sola dirección.

# %% [markdown]
# ## 7. On a GPU server: vLLM
#
# For a department, a machine with a GPU runs vLLM. In a terminal there (Linux, an NVIDIA GPU, in
# an environment of its own: it brings PyTorch with it):
#
# ```bash
# python -m venv vllm && . vllm/bin/activate && pip install vllm
# vllm serve google/gemma-3-1b-it --host 0.0.0.0 --port 8000 --api-key "$VLLM_API_KEY" \
#     --max-model-len 8192 --gpu-memory-utilization 0.9
# ```
#
# | option | what it decides |
# |---|---|
# | `--max-model-len` | longest prompt and answer together; shorter leaves room for more users |
# | `--gpu-memory-utilization` | share of the GPU's memory that it takes *at once*, for weights and all caches |
# | `--max-num-seqs` | how many sequences at most in a batch |
# | `--tensor-parallel-size 2` | one model over two GPUs |
# | `--generation-config vllm` | defaults of the API instead of the model's `generation_config.json` |
#
# vLLM gives out cache memory in small pages, as they are needed, instead of reserving the longest
# answer for everybody (*PagedAttention*, Kwon et al., arXiv 2309.06180, 2023): so more sequences fit
# into a batch.
#
# (Options as in vLLM's documentation, read 2026-11; the weights of Gemma ask for a licence click at
# Hugging Face. No GPU was at hand when this notebook was built, so there are no GPU figures in
# it.) From your laptop, that server is one more address: `SELFHOST_ENDPOINT=http://server:8000/v1`.
#
# Does a server keep the contract that your programs rely on? A list of small tests; first ours:

# %% [markdown] tags=["es"] of="773fd1f4"
# ## 7. En un servidor con GPU: vLLM
#
# Para un departamento, una máquina con GPU ejecuta vLLM. En un terminal de allí (Linux, una GPU de
# NVIDIA, en un entorno propio: trae consigo PyTorch):
#
# ```bash
# python -m venv vllm && . vllm/bin/activate && pip install vllm
# vllm serve google/gemma-3-1b-it --host 0.0.0.0 --port 8000 --api-key "$VLLM_API_KEY" \
#     --max-model-len 8192 --gpu-memory-utilization 0.9
# ```
#
# | opción | qué decide |
# |---|---|
# | `--max-model-len` | lo más largo, prompt y respuesta juntos; más corto deja sitio a más usuarios |
# | `--gpu-memory-utilization` | la parte de la memoria de la GPU que toma *de una vez*, para los pesos y todas las cachés |
# | `--max-num-seqs` | cuántas secuencias, como mucho, en un lote |
# | `--tensor-parallel-size 2` | un modelo en dos GPU |
# | `--generation-config vllm` | los valores por defecto de la API en vez del `generation_config.json` del modelo |
#
# vLLM reparte la memoria de la caché en páginas pequeñas, según hacen falta, en vez de reservar para
# todos la respuesta más larga (*PagedAttention*, Kwon et al., arXiv 2309.06180, 2023): así caben más
# secuencias en un lote.
#
# (Las opciones son las de la documentación de vLLM, leída en 2026-11; los pesos de Gemma piden
# aceptar su licencia en Hugging Face. Cuando se construyó este cuaderno no había ninguna GPU a mano,
# así que en él no hay cifras de GPU.) Desde tu portátil, ese servidor es una dirección más:
# `SELFHOST_ENDPOINT=http://server:8000/v1`.
#
# ¿Cumple un servidor aquello en lo que confían tus programas? Una lista de pruebas pequeñas; primero,
# el nuestro:

# %% tags=["nbval-ignore-output"]
from selfhost.apis import Target
from selfhost.serving import compat

target = Target.of(at)
show.table([(c.point, c.holds, c.seen) for c in compat.check(target)], ["point", "holds", "seen"])

# %% [markdown]
# And a vLLM server, if there is one. Set `VLLM_URL` (with `/v1`), `VLLM_MODEL` and, if it has one,
# `VLLM_API_KEY`:

# %% [markdown] tags=["es"] of="26f780af"
# Y un servidor vLLM, si lo hay. Pon `VLLM_URL` (con `/v1`), `VLLM_MODEL` y, si la tiene,
# `VLLM_API_KEY`:

# %% tags=["nbval-ignore-output"]
import os

url = os.environ.get("VLLM_URL")
if url:
    model = os.environ.get("VLLM_MODEL", "google/gemma-3-1b-it")
    far = Target(url, model, os.environ.get("VLLM_API_KEY"))
    display(show.table([(c.point, c.holds, c.seen) for c in compat.check(far)], ["point", "holds", "seen"]))
else:
    print("not run: VLLM_URL is not set")

# %% [markdown]
# ## Check yourself
#
# **1.** A machine reads 50 GB/s. What is the most that a model of 5 GB can write for one user, and
# why may eight users together get more?
#
# <details><summary>Answer</summary>
#
# 10 tokens per second: all weights are read for each token. Eight users share each reading, so
# together they may get up to 80, until the arithmetic is the limit.
#
# </details>
#
# **2.** Your class of 30 waits for the first word, although the GPU is hardly busy. What do you ask
# about the server?
#
# <details><summary>Answer</summary>
#
# Whether it batches: with Ollama `OLLAMA_NUM_PARALLEL` is 1 unless you set it, and requests queue.
#
# </details>
#
# **3.** A program's system prompt begins with today's date and time. What does this cost?
#
# <details><summary>Answer</summary>
#
# The prefix cache: every request differs in the first line, so everything is read again. Move it
# to the end.
#
# </details>
#
# **4.** Somebody reports that speculative decoding made the answers worse at temperature 0. What
# do you think?
#
# <details><summary>Answer</summary>
#
# It should not: every guess is checked. Something else has changed, too (the batch, the engine's
# version, the settings), or there is a bug. Compare with it switched off.
#
# </details>
#
# **5.** Which engine would you name in a paper, and what else?
#
# <details><summary>Answer</summary>
#
# The one that ran, with its version and build, the weights' hash and number format, the template
# and all settings: `selfhost stackcard` writes them down (notebooks 14 and 15).
#
# </details>

# %% [markdown] tags=["es"] of="d7f77bcb"
# ## Compruébalo
#
# **1.** Una máquina lee 50 GB/s. ¿Cuánto puede escribir como mucho un modelo de 5 GB para un usuario,
# y por qué pueden recibir más ocho usuarios juntos?
#
# <details><summary>Respuesta</summary>
#
# 10 tokens por segundo: para cada token se leen todos los pesos. Ocho usuarios comparten cada
# lectura, así que juntos pueden recibir hasta 80, mientras el límite no sea la aritmética.
#
# </details>
#
# **2.** Tu clase de 30 espera la primera palabra, aunque la GPU apenas está ocupada. ¿Qué preguntas
# sobre el servidor?
#
# <details><summary>Respuesta</summary>
#
# Si hace lotes: en Ollama, `OLLAMA_NUM_PARALLEL` es 1 si no lo cambias, y las peticiones hacen cola.
#
# </details>
#
# **3.** El texto de sistema de un programa empieza con la fecha y la hora. ¿Qué cuesta eso?
#
# <details><summary>Respuesta</summary>
#
# La caché de prefijos: cada petición es distinta en la primera línea, así que se vuelve a leer todo.
# Ponlas al final.
#
# </details>
#
# **4.** Alguien cuenta que la decodificación especulativa empeoró las respuestas a temperatura 0.
# ¿Qué piensas?
#
# <details><summary>Respuesta</summary>
#
# No debería: todo lo adivinado se comprueba. Habrá cambiado además otra cosa (el lote, la versión del
# motor, los ajustes), o hay un fallo. Compara con ella apagada.
#
# </details>
#
# **5.** ¿Qué motor nombrarías en un artículo, y qué más?
#
# <details><summary>Respuesta</summary>
#
# El que se ejecutó, con su versión y su compilación, el resumen criptográfico y el formato de números
# de los pesos, la plantilla y todos los ajustes: `selfhost stackcard` lo apunta todo (cuadernos 14 y
# 15).
#
# </details>
