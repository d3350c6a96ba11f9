# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
#   kit:
#     title: Hardware and money
#     minutes: 55
#     objectives:
#       - compute how much memory a model needs, term by term, from its own header
#       - check the arithmetic against what the engine really takes
#       - predict how fast a machine can be at most, measure it, and explain the rest
#       - decide between an own machine and an API, and say how sure you are
#     needs: []
#     next: lab2_will_it_fit
#     es:
#       title: Hardware y dinero
#       objectives:
#         - calcular cuánta memoria necesita un modelo, término a término, a partir de su propia cabecera
#         - contrastar la cuenta con lo que el motor ocupa de verdad
#         - predecir a qué velocidad puede ir una máquina como mucho, medirla, y explicar el resto
#         - decidir entre una máquina propia y una API, y decir con cuánta seguridad
# ---

# %% [markdown]
# **Will it run here, how fast, and would it pay?** Three questions that decide whether you host a
# model yourself, and all three are usually answered by a feeling, or by a web page that does not
# say how it computes. They are arithmetic. We do it ourselves, from the model's own header, and
# then hold each answer against a measurement on this machine.
#
# The file that we measure is the course's own small model; put another name or path here
# (`gemma3:1b`, if you have it) and run the notebook again.

# %% [markdown] tags=["es"] of="d2610752"
# **¿Funcionará aquí, a qué velocidad, y compensaría?** Tres preguntas que deciden si alojas un modelo
# tú, y a las tres se suele responder por intuición, o con una página web que no dice cómo calcula. Son
# aritmética. La hacemos nosotros, a partir de la cabecera del propio modelo, y después contrastamos cada
# respuesta con una medida en esta máquina.
#
# El fichero que medimos es el pequeño modelo del curso; pon aquí otro nombre u otra ruta (`gemma3:1b`, si
# lo tienes) y ejecuta otra vez el cuaderno.

# %% tags=["parameters"]
MODEL = "aprendiz"

# %% [markdown]
# ## 1. Weights: the header says it
#
# A GGUF file begins with a list of its tensors: name, type, size. So the first term needs no
# formula at all, only adding up.

# %% [markdown] tags=["es"] of="120a4879"
# ## 1. Los pesos: lo dice la cabecera
#
# Un fichero GGUF empieza con una lista de sus tensores: nombre, tipo, tamaño. Así que el primer término no
# necesita ninguna fórmula, solo sumar.

# %% tags=["nbval-ignore-output"]
from selfhost import show, sizing

model = sizing.read(MODEL)
show.table(
    [(kind, f"{count:,}", show.size(count)) for kind, count in model.weights.items()],
    ["tensor type", "bytes", ""],
    caption=f"{model.name}: {model.shape.layers} layers, hidden size {model.shape.hidden}",
)

# %% [markdown]
# Before there is a file, there are only numbers in a configuration: layers, hidden size, heads,
# vocabulary. They are enough. Every matrix of the network has two of them as its sides:

# %% [markdown] tags=["es"] of="624e487d"
# Antes de que haya un fichero, solo hay números en una configuración: capas, tamaño oculto (*hidden
# size*), cabezas, vocabulario. Bastan. Los lados de cada matriz de la red son dos de ellos:

# %%
gemma = sizing.published_shapes()["gemma3:1b"]
h, f, q, kv = gemma.hidden, gemma.ffn, gemma.heads * gemma.head_dim, gemma.head_dim
one_layer = h * q + 2 * h * kv + q * h + 3 * h * f + 4 * h + 2 * gemma.head_dim
by_hand = gemma.vocab * h + gemma.layers * one_layer + h
print(f"gemma3:1b has {by_hand:,} parameters")
print("the kit counts the same:", gemma.parameters == by_hand)

# %% [markdown]
# "1b", indeed. Now commit yourself. Ollama's `gemma3:1b` is quantized to Q4_K_M. "K_M" is a mixture
# around 4 bits.

# %% [markdown] tags=["es"] of="c48018bb"
# «1b», en efecto: mil millones, que en inglés son un *billion*. Ahora, apuesta: el `gemma3:1b` de Ollama
# está cuantizado en Q4_K_M, y «K_M» es una mezcla en torno a 4 bits. ¿Cuánto ocupa el fichero?

# %% tags=["nbval-ignore-output"]
from selfhost.widgets.predict import predict

bits = predict("1.0 billion parameters in Q4_K_M. How large is the file?",
               ["0.4 GB", "0.5 GB", "0.6 GB", "0.8 GB"])
bits

# %% [markdown]
# Computed by the rules of llama.cpp's quantizer, tensor by tensor, and beside it the size of the
# published file:

# %% [markdown] tags=["es"] of="e89806da"
# Calculado con las reglas del cuantizador de llama.cpp, tensor a tensor, y al lado el tamaño del fichero
# publicado:

# %%
from selfhost import weights

for name in ("gemma3:1b", "gemma3:4b"):
    computed = sum(sizing.tensors.of_shape(sizing.published_shapes()[name], "Q4_K_M").values())
    real = weights.lookup(name).bytes
    print(f"{name}: computed {computed / 1e9:.3f} GB, file {real / 1e9:.3f} GB,",
          f"{8 * real / sizing.published_shapes()[name].parameters:.1f} bits per weight")

# %% [markdown]
# And your guess?

# %% [markdown] tags=["es"] of="7c245f4f"
# ¿Y tu apuesta?

# %%
bits.reveal("0.8 GB", {
    "0.5 GB": "That would be exactly 4 bits for everything.",
    "0.6 GB": "4.8 bits, as often quoted, hold for large models, not for this one.",
})

# %% [markdown]
# Why so much more than 4 bits? Each block of numbers brings a scale, sensitive tensors get 6 bits,
# and K-quants need rows that are multiples of 256. The 1b model's rows of 1,152 are not, so most of
# it falls back to longer types. (The files are 6.5 MB larger than computed: header and vocabulary.)

# %% [markdown] tags=["es"] of="ad0789d3"
# ¿Por qué tanto más que 4 bits? Cada bloque de números trae una escala, los tensores delicados reciben 6
# bits, y los K-quants necesitan filas que sean múltiplos de 256. Las filas del modelo 1b, de 1152, no lo
# son, así que la mayor parte recurre a tipos más largos. (Los ficheros ocupan 6,5 MB más de lo calculado:
# la cabecera y el vocabulario.)

# %% [markdown]
# ## 2. The context has a weight, too
#
# For each token of the context, each layer keeps a *key* and a *value*, so that they need not be
# computed again: the KV cache. Per layer and token it is
#
# > (heads for keys and values) × (head size) × 2 × (bytes per number)
#
# Gemma 3 saves here: of six layers only one sees the whole context; the other five look back over a
# *window* (512 tokens for the 1b, 1,024 for the others). What does that save at 32,768 tokens?

# %% [markdown] tags=["es"] of="781c0c93"
# ## 2. El contexto también pesa
#
# Por cada token del contexto, cada capa guarda una *clave* y un *valor*, para no tener que calcularlos
# otra vez: la caché KV. Por capa y token ocupa
#
# > (cabezas de clave y valor) × (tamaño de una cabeza) × 2 × (bytes por número)
#
# Aquí Gemma 3 ahorra: de cada seis capas solo una ve todo el contexto; las otras cinco miran hacia atrás
# por una *ventana* (de 512 tokens en el 1b, de 1024 en los demás). ¿Cuánto ahorra eso con 32 768 tokens:
# queda la caché algo más pequeña, en la mitad, o en la quinta parte?

# %% tags=["nbval-ignore-output"]
saving = predict("gemma3:27b, 32,768 tokens of context. The window makes the KV cache ...",
                 ["a little smaller", "half as large", "five times smaller"])
saving

# %% [markdown]
# The picture has both axes in powers: a straight line doubles when the context doubles.

# %% [markdown] tags=["es"] of="aa124f69"
# La imagen tiene los dos ejes en potencias: una línea recta quiere decir que la caché se dobla cuando se
# dobla el contexto.

# %% tags=["nbval-ignore-output"]
from selfhost.sizing import pictures

shapes = sizing.published_shapes()
show.picture(
    pictures.cache_growth({name: shapes[name] for name in ("gemma3:27b", "qwen3:8b", "gemma3:1b")}),
    "KV cache against context. gemma3:27b without its window would need 17 GB at 32k tokens, with "
    "it about 3; qwen3:8b, which has no window, needs 4.8 GB, more than the 27b model.",
)

# %% [markdown]
# And your guess?

# %% [markdown] tags=["es"] of="7c245f4f"
# ¿Y tu apuesta?

# %%
from dataclasses import replace

large = shapes["gemma3:27b"]
with_window = sum(sizing.kv_cache(large, 32_768))
without = sum(sizing.kv_cache(replace(large, window=None), 32_768))
print(f"with {with_window / 1e9:.1f} GB, without {without / 1e9:.1f} GB: {without / with_window:.1f} times")
saving.reveal("five times smaller")

# %% [markdown]
# ### Against somebody else's figures
#
# Google's report states the memory of the models with and without a KV cache of 32,768 tokens; we
# compute the same, once with the window and once as if there were none:

# %% [markdown] tags=["es"] of="43475868"
# ### Frente a las cifras de otros
#
# El informe de Google da la memoria de los modelos sin caché KV y con una de 32 768 tokens; calculamos lo
# mismo, una vez con la ventana y otra como si no la hubiera:

# %%
report = sizing.data.table()["published"]["gemma3_report"]
rows = []
for name, (bf16, with_kv) in report["rows"].items():
    shape = shapes[name]
    window, whole = (sum(sizing.kv_cache(s, report["context"])) / 1e9
                     for s in (shape, replace(shape, window=None)))
    rows.append((name, bf16, f"{shape.parameters * 2 / 1e9:.1f}", f"{with_kv - bf16:.1f}",
                 f"{window:.1f}", f"{whole:.1f}"))
show.table(rows, ["model", "weights, report (GB)", "computed", "KV, report (GB)", "computed",
                  "computed, no window"], caption=f"{report['source']}, {report['date']}; bfloat16")

# %% [markdown]
# The weights agree. The cache does not: the report's figures are near those *without* the window.
# Whoever plans with that table buys five times too much memory for the cache, and whoever runs an
# engine without support for windows needs all of it. Two rules: **ask which assumption is behind a figure**, and **measure**. Qwen3-8B's card (2025-04) says
# 8.2 billion parameters, 6.95 without embeddings:

# %% [markdown] tags=["es"] of="5a5af4a1"
# Los pesos coinciden. La caché no: las cifras del informe están cerca de las de *sin* ventana. Quien
# planifica con esa tabla compra cinco veces más memoria de la cuenta para la caché, y quien ejecuta un
# motor que no sabe de ventanas la necesita toda. Dos reglas: **pregunta qué suposición hay detrás de una
# cifra**, y **mide**. La ficha de Qwen3-8B (2025-04) dice 8200 millones de parámetros (8.2 *billion*), 6950
# sin las incrustaciones (*embeddings*):

# %%
qwen = shapes["qwen3:8b"]
print(f"{qwen.parameters / 1e9:.2f} billion, {(qwen.parameters - qwen.embedding) / 1e9:.2f} without")

# %% [markdown]
# ## 3. Hold it against the engine
#
# Weights and cache are two terms. The engine adds working space for the batch of tokens that it
# reads at once, and the process itself takes some: code, threads, vocabulary. That last part cannot
# be computed, so we measure it once, with one small load, and then predict the other loads.
#
# Each load runs in a process of its own, whose memory is read before, and after a prompt that fills
# the context. (Some seconds.)

# %% [markdown] tags=["es"] of="873ae367"
# ## 3. Contrástalo con el motor
#
# Los pesos y la caché son dos términos. El motor añade memoria de trabajo para el lote de tokens que lee
# de una vez, y el propio proceso ocupa algo: código, hilos, vocabulario. Esta última parte no se puede
# calcular, así que la medimos una vez, con una carga pequeña, y después predecimos las demás cargas.
#
# Cada carga se ejecuta en un proceso propio, cuya memoria se lee antes, y después de un texto que llena
# el contexto. (Unos segundos.)

# %% tags=["nbval-ignore-output"]
from selfhost.sizing import measure
from selfhost.sizing.measure import Load

besides = measure.overhead(model.path)
print(f"the process needs {show.size(besides)} besides what we compute")

# %% [markdown]
# Now other contexts, another type of cache, and (for the course's model) the file with 8-bit weights:

# %% [markdown] tags=["es"] of="741dc067"
# Ahora otros contextos, otro tipo de caché y (con el modelo del curso) el fichero con pesos de 8 bits:

# %% tags=["nbval-ignore-output"]
loads = [Load(1024), Load(2048), Load(2048, cache="f32")]
found = [(model.path.stem, *row) for row in measure.compare(model, loads, besides)]
if MODEL == "aprendiz":
    small = sizing.read("aprendiz:q8_0")
    found += [(small.path.stem, *row) for row in measure.compare(small, loads[1:2], besides)]
show.table(
    [(name, f"{how.context:,}", how.cache, show.size(computed), show.size(real), f"{error:+.1%}")
     for name, how, computed, real, error, _ in found],
    ["file", "context", "cache", "computed", "measured", "error"],
)

# %% [markdown]
# Within ten percent, usually within three. Where does it go? For a model this small the weights are
# only a third; for a large one they are almost everything:

# %% [markdown] tags=["es"] of="7605922d"
# A menos del diez por ciento, casi siempre a menos del tres. ¿Y en qué se va la memoria? En un modelo tan
# pequeño los pesos son solo un tercio; en uno grande son casi todo:

# %% tags=["nbval-ignore-output"]
rows = {f"{model.name}, {n:,} tokens": sizing.memory(model, n, overhead=besides) for n in (512, 2048)}
show.picture(
    pictures.stacked(rows, "A small model: working space counts"),
    "Memory by term: " + "; ".join(
        f"{name}: weights {m.weights / 1e6:.1f} MB of {m.total / 1e6:.1f}" for name, m in rows.items()),
)

# %% [markdown]
# The models that this course talks about, for four users with 8,192 tokens each, and what is free
# on this machine now. (The *rearranged copy*: on x86 processors llama.cpp lays 4-bit weights out
# anew, beside the file's own pages. The system can drop those pages when memory runs short.)

# %% [markdown] tags=["es"] of="03d34368"
# Los modelos de los que habla este curso, para cuatro usuarios con 8192 tokens cada uno, y lo que hay
# libre ahora en esta máquina. (La copia reordenada, *rearranged copy*: en procesadores x86 llama.cpp
# vuelve a colocar los pesos de 4 bits, además de las páginas del propio fichero. El sistema puede soltar
# esas páginas cuando falta memoria.)

# %% tags=["nbval-ignore-output"]
import psutil

free = psutil.virtual_memory().available
plan = {name: sizing.memory(sizing.source.computed(shapes[name], "Q4_K_M"), 8192, slots=4)
        for name in shapes}
show.picture(
    pictures.stacked(plan, "Q4_K_M, 4 users with 8,192 tokens each", free),
    f"{show.size(free)} are free here; needed: "
    + ", ".join(f"{name} {show.size(m.total)}" for name, m in plan.items()),
)

# %% [markdown]
# The same in a terminal, for any GGUF file, any `config.json` and any of these names:

# %% [markdown] tags=["es"] of="84676a96"
# Lo mismo en un terminal, para cualquier fichero GGUF, cualquier `config.json` y cualquiera de estos
# nombres:

# %% tags=["nbval-ignore-output"]
# !selfhost sizing gemma3:4b --type Q8_0 --context 8192 --users 4 --no-cost

# %% [markdown]
# ## 4. How fast?
#
# To make one token, the engine reads **every** weight once. So it cannot make more tokens per second
# than the memory can deliver all weights per second:
#
# > tokens per second ≤ bandwidth ÷ bytes of weights
#
# How fast does this machine read? One thread reads a block again and again; small blocks stay in the
# processor's caches, large ones come from the memory chips.

# %% [markdown] tags=["es"] of="bf9fe5c6"
# ## 4. ¿A qué velocidad?
#
# Para hacer un token, el motor lee **cada** peso una vez. Así que en un segundo no puede hacer más
# tokens que veces puede la memoria entregar todos los pesos:
#
# > tokens por segundo ≤ ancho de banda ÷ bytes de los pesos
#
# ¿A qué velocidad lee esta máquina? Un hilo lee un bloque una y otra vez; los bloques pequeños se quedan
# en las cachés del procesador, los grandes vienen de los chips de memoria.

# %% tags=["nbval-ignore-output"]
from selfhost.sizing import bandwidth

curve = bandwidth.curve()
one_b = sizing.source.computed(shapes["gemma3:1b"], "Q4_K_M")
marks = {model.name: model.per_token, "gemma3:1b": one_b.per_token}
show.picture(
    pictures.bandwidth(curve, marks),
    "Bandwidth: " + ", ".join(f"{n} MB {b / 1e9:.0f} GB/s" for n, b in curve.items())
    + "; lines mark the weights that one token needs.",
)

# %% [markdown]
# With the bandwidth for a block as large as the model's weights, predict its speed:

# %% [markdown] tags=["es"] of="30fe097c"
# Con el ancho de banda de un bloque tan grande como los pesos del modelo, predice su velocidad. Y apuesta:
# ¿qué parte de esa cota alcanzará llama.cpp con este modelo y un solo hilo?

# %% tags=["nbval-ignore-output"]
fast = bandwidth.read_bandwidth(model.per_token)
at_most = bandwidth.bound(model.per_token, fast)
print(f"{fast / 1e9:.0f} GB/s ÷ {model.per_token / 1e6:.1f} MB = at most {at_most:,.0f} tokens/s")
reach = predict("What share of that will llama.cpp reach with this model, one thread?",
                ["more than 90 %", "50 to 90 %", "less than 50 %"])
reach

# %% [markdown]
# Run it:

# %% [markdown] tags=["es"] of="311d4e52"
# Ejecútalo:

# %% tags=["nbval-ignore-output"]
speed = measure.decode_speed(model.path, times=2)
share = speed / at_most
print(f"{speed:,.0f} tokens/s, {share:.0%} of the bound")
truth = "more than 90 %" if share > 0.9 else "50 to 90 %" if share >= 0.5 else "less than 50 %"
reach.reveal(truth, {"more than 90 %": "The bound counts reading only."})

# %% [markdown]
# What is the rest? Reading is not all: the engine multiplies, walks through about 250 small steps
# per token, samples, and hands the token over. All this takes some hundreds of microseconds per
# token, as the next cell shows. A small model in a fast cache is done reading in less than that, so
# the *rest* rules it. For large models reading rules: on this course's development machine (AMD
# EPYC, one thread, 2026-11-21, `python -m benchmarks.sizing`) a file of 1.07 GB with the shape of
# gemma3:1b made 24.9 tokens/s, 71 % of its bound of 35.4, and one of 0.19 GB 69 %. So for models of
# that size and above, the bound is a usable forecast:

# %% [markdown] tags=["es"] of="ef9e9fae"
# ¿Qué es el resto? Leer no es todo: el motor multiplica, recorre unos 250 pasos pequeños por token, sortea
# y entrega el token. Todo ello tarda unos cientos de microsegundos por token, como enseña la celda
# siguiente. Un modelo pequeño en una caché rápida termina de leer en menos, así que manda ese *resto*. En
# los modelos grandes manda la lectura: en la máquina con que se hizo este curso (AMD EPYC, un hilo,
# 2026-11-21, `python -m benchmarks.sizing`), un fichero de 1,07 GB con la forma de gemma3:1b hizo 24,9
# tokens/s, el 71 % de su cota de 35,4, y uno de 0,19 GB, el 69 %. Así que para modelos de ese tamaño o
# mayores la cota sirve de pronóstico:

# %% tags=["nbval-ignore-output"]
print(f"{model.name}: {1e6 / speed:.0f} µs per token, of which {1e6 / at_most:.0f} are reading")
for name in shapes:
    one = sizing.source.computed(shapes[name], "Q4_K_M").per_token
    most = bandwidth.bound(one, curve[max(curve)])
    print(f"{name} (Q4_K_M) on this machine, one thread: at most {most:6.1f} tokens/s")

# %% [markdown]
# This is why a graphics card with 1,792 GB/s (GeForce RTX 5090, its specification of 2025-01) is
# fast: not because it computes fast, but because it reads fast. And why a second user is almost free:
# weights that were read once serve all answers of a batch.

# %% [markdown] tags=["es"] of="04e1dfc3"
# Por eso es rápida una tarjeta gráfica con 1792 GB/s (GeForce RTX 5090, según sus especificaciones de
# 2025-01): no porque calcule deprisa, sino porque lee deprisa. Y por eso un segundo usuario sale casi
# gratis: unos pesos que se leyeron una vez sirven para todas las respuestas de un lote.

# %% [markdown]
# ## 5. Money
#
# A machine costs once, and then each month: energy, and somebody's time. An API costs per token. Which
# is cheaper? Guess first: a PC with a large graphics card for a class that uses 50 million tokens a
# month.

# %% [markdown] tags=["es"] of="ff196bd0"
# ## 5. El dinero
#
# Una máquina cuesta una vez, y después cada mes: la energía, y el tiempo de alguien. Una API cuesta por
# token. ¿Qué sale más barato? Primero apuesta: un PC con una tarjeta gráfica grande, para una clase que
# gasta 50 millones de tokens al mes. Comparada con una API de un modelo abierto de ese tamaño, ¿la máquina
# se paga en el primer año, a lo largo de su vida, o nunca?

# %% tags=["nbval-ignore-output"]
pays = predict("Compared with an API for an open model of that size, the machine ...",
               ["pays back in the first year", "pays back within its lifetime", "never pays back"])
pays

# %% [markdown]
# Every assumption has three values, from good to bad for self-hosting. Some have a source; those that
# say *example value* are yours to replace.

# %% [markdown] tags=["es"] of="16eb1324"
# Cada suposición tiene tres valores, de bueno a malo para quien aloja un modelo por su cuenta: *favourable*,
# *typical* y *unfavourable* (favorable, típico y desfavorable). Algunos tienen fuente; los que dicen
# *example value* (valor de ejemplo) son tuyos: cámbialos.

# %%
given = sizing.assumptions()
show.table(given.rows(), ["what", "unit", *sizing.cost.CASES, "where it comes from"])

# %% [markdown]
# The arithmetic: energy = (power × busy hours + idle power × the other hours) × price; work = hours ×
# wage; what is saved each month = API − energy − work; months until it has paid = purchase ÷ saved.

# %% [markdown] tags=["es"] of="f76b9dea"
# La aritmética: energía = (potencia × horas de uso + potencia en reposo × las demás horas) × precio;
# trabajo = horas × coste de la hora; lo que se ahorra cada mes = API − energía − trabajo; meses hasta que
# se haya pagado = compra ÷ ahorro.

# %%
for verdict in sizing.compare(given).values():
    print(verdict)
pays.reveal("never pays back",
            {"pays back within its lifetime": "Look at the hours of work, then at the API's price."})

# %% [markdown]
# One answer would be a lie: it depends. As a picture, where the blue line is below the orange one the
# machine has paid for itself:

# %% [markdown] tags=["es"] of="c1ab772e"
# Una sola respuesta sería una mentira: depende. En una imagen: donde la línea azul está por debajo de la
# naranja, la máquina ya se ha pagado:

# %% tags=["nbval-ignore-output"]
show.picture(
    pictures.break_even(given),
    "Three cases of money spent. Favourable: the own machine is cheaper after 2 months. Typical and "
    "unfavourable: up to the machine's replacement the lines never meet.",
)

# %% [markdown]
# What does it hang on? Each assumption alone, from its bad to its good value, the others typical:

# %% [markdown] tags=["es"] of="7c02d8ad"
# ¿De qué depende? Cada suposición por separado, de su valor malo al bueno, con las demás en el típico:

# %% tags=["nbval-ignore-output"]
show.picture(
    pictures.tornado(given),
    "Bars from bad to good value. Maintenance work, the API's price and the demand move the result "
    "most; electricity and power hardly at all.",
)

# %% [markdown]
# Not the electricity bill, about which everybody talks, but the hours of a person, the price of the
# API and how much you use. (Why do more years stand on the bad side? Each month is a loss here, so
# more months lose more.) How much would you have to use?

# %% [markdown] tags=["es"] of="6ecea5fe"
# No es la factura de la luz, de la que habla todo el mundo, sino las horas de una persona, el precio de la
# API y cuánto la usas. (¿Por qué más años quedan en el lado malo? Aquí cada mes es una pérdida, así que
# más meses pierden más.) ¿Cuánto tendrías que usarla?

# %%
for case in sizing.cost.CASES:
    least = sizing.cost.break_even_demand(given, case)
    print(f"{case}:", "no demand is enough" if least is None else f"from {least:,.0f} million tokens a month")

# %% [markdown]
# Now with your own figures. Move a slider (arrow keys work), or type a number beside it:

# %% [markdown] tags=["es"] of="7a66f065"
# Ahora, con tus propias cifras. Mueve un deslizador (valen las flechas del teclado), o escribe un número a
# su lado:

# %% tags=["nbval-ignore-output"]
from selfhost.widgets.cost import cost

cost()

# %% [markdown]
# And what if the answer is "never pays back"? Then money is not the reason to self-host, and it is
# good to know that before the purchase. There are others: data that may not leave the house, results
# that must be repeatable in three years, an afternoon without network, a class of people who learn how
# it works. They have no line in this table. Put them beside it, not into it.

# %% [markdown] tags=["es"] of="4f6bbd29"
# ¿Y si la respuesta es «no se paga nunca»? Entonces el dinero no es la razón para alojarlo tú, y es bueno
# saberlo antes de comprar. Hay otras: datos que no pueden salir de casa, resultados que deben poder
# repetirse dentro de tres años, una tarde sin red, una clase que aprende cómo funciona. No tienen ninguna
# línea en esta tabla. Ponlas al lado, no dentro.

# %% [markdown]
# ## Check yourself
#
# **A model of 8 billion parameters in Q8_0: how much memory do the weights take?**
#
# <details><summary>Answer</summary>
#
# Q8_0 stores 32 numbers in 34 bytes, 8.5 bits each: 8 × 8.5 ÷ 8 = 8.5 GB. Then the KV cache and the
# working space come on top.
# </details>
#
# **Twice the users, each with the same context. Which terms double?**
#
# <details><summary>Answer</summary>
#
# The KV cache. Weights are there once for all, and so is the process; the working space depends on the
# batch, not on the users.
# </details>
#
# **Your machine reads 50 GB/s. Can a model with 10 GB of weights make 20 tokens/s for one user?**
#
# <details><summary>Answer</summary>
#
# No: 5 at most. For *several* users together it can make more, since one reading of the weights serves
# all of them. A mixture of experts reads only a part of its weights per token and is faster, too.
# </details>
#
# **Somebody shows a table with "payback: 11 months". What do you ask?**
#
# <details><summary>Answer</summary>
#
# With which demand, which API price and date, whose working hours, and what the figure would be at the
# low and the high end. One number without a range is a guess with decimals.
# </details>

# %% [markdown] tags=["es"] of="438de4c3"
# ## Compruébalo
#
# **Un modelo de 8000 millones de parámetros en Q8_0: ¿cuánta memoria ocupan los pesos?**
#
# <details><summary>Respuesta</summary>
#
# Q8_0 guarda 32 números en 34 bytes, 8,5 bits cada uno: 8000 millones × 8,5 ÷ 8 = 8,5 GB. A eso se suman
# la caché KV y la memoria de trabajo.
# </details>
#
# **El doble de usuarios, cada uno con el mismo contexto. ¿Qué términos se doblan?**
#
# <details><summary>Respuesta</summary>
#
# La caché KV. Los pesos están una vez para todos, y el proceso también; la memoria de trabajo depende del
# lote, no de los usuarios.
# </details>
#
# **Tu máquina lee 50 GB/s. ¿Puede un modelo con 10 GB de pesos hacer 20 tokens/s para un usuario?**
#
# <details><summary>Respuesta</summary>
#
# No: como mucho 5. Para *varios* usuarios a la vez puede hacer más, porque una lectura de los pesos sirve
# para todos. Una mezcla de expertos solo lee una parte de sus pesos por token, y también es más rápida.
# </details>
#
# **Alguien enseña una tabla con «amortización: 11 meses». ¿Qué preguntas?**
#
# <details><summary>Respuesta</summary>
#
# Con qué demanda, con qué precio de la API y de qué fecha, con las horas de trabajo de quién, y cuál sería
# la cifra en el extremo bajo y en el alto. Un solo número sin un margen es una suposición con decimales.
# </details>
