# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
#   kit:
#     title: Quantization formats
#     minutes: 80
#     objectives:
#       - round a row of weights to 8 and to 4 bits yourself, and say what the scale is for
#       - read the header of a GGUF and of a safetensors file, and decode a block of weights
#       - quantize a model with llama.cpp, and measure what was lost in four ways
#       - say what perplexity hides and KL divergence shows, and when a benchmark is too coarse
#       - explain why GPTQ, AWQ and an importance matrix look at text before they round
#     needs: []
#     next: lab3_choose_a_quantization
#     es:
#       title: Formatos de cuantización
#       objectives:
#         - redondear tú una fila de pesos a 8 y a 4 bits, y decir para qué sirve la escala
#         - leer la cabecera de un fichero GGUF y de uno safetensors, y decodificar un bloque de pesos
#         - cuantizar un modelo con llama.cpp, y medir de cuatro maneras lo que se perdió
#         - decir qué esconde la perplejidad y qué enseña la divergencia KL, y cuándo un benchmark es demasiado basto
#         - explicar por qué GPTQ, AWQ y una matriz de importancia miran texto antes de redondear
# ---

# %% [markdown]
# **How few bits can a model live with?** A model of eight billion weights takes 32 GB as it was
# trained, 16 GB as it is published, and 5 GB as most people run it. Nothing was taken out: the
# same weights are written down with fewer digits. Somebody threw away five sixths of the file, and
# the model still answers. How is that possible, where does it stop, and how would you notice?
#
# We do it by hand first, on real weights; then with the tool that everybody uses; and then we
# measure. The model is the kit's own, aprendiz: small enough to try everything in a minute.

# %% [markdown] tags=["es"] of="16c3285b"
# **¿Con cuán pocos bits puede vivir un modelo?** Un modelo de ocho mil millones de pesos ocupa 32 GB
# tal como se entrenó, 16 GB tal como se publica, y 5 GB tal como lo ejecuta la mayoría. No se ha
# quitado nada: son los mismos pesos, escritos con menos cifras. Alguien tiró cinco sextas partes del
# fichero, y el modelo sigue respondiendo. ¿Cómo es posible, dónde se acaba, y cómo lo notarías?
#
# Primero lo hacemos a mano, con pesos de verdad; después, con la herramienta que usa todo el mundo; y
# entonces medimos. El modelo es el del kit, aprendiz: tan pequeño que se puede probar todo en un
# minuto.

# %% tags=["parameters"]
MODEL = "aprendiz"  # or gemma3:1b, if it is on this machine; that takes much longer

# %% [markdown]
# One tool may be missing on your machine: *llama-cpp-python*, which has to be compiled. Without it
# the sections by hand and PyTorch's formats still run; the others say that they are left out.

# %% [markdown] tags=["es"] of="f434119c"
# Puede que en tu máquina falte una herramienta: *llama-cpp-python*, que hay que compilar. Sin ella
# funcionan igualmente las secciones a mano y los formatos de PyTorch; las demás dicen que se dejan
# fuera.

# %% tags=["nbval-ignore-output"]
from selfhost import show, weights
from selfhost.quantize import llamacpp

path = weights.find(MODEL)
print("the model's file:", path.name if path else f"{MODEL} is not here")
print("llama-cpp-python is here:", llamacpp.available())

# %% [markdown]
# ## 1. A row of weights
#
# A matrix from the middle of aprendiz: 768 rows of 256 numbers. We look at the beginning of one
# row, and at how a computer writes one of these numbers down.

# %% [markdown] tags=["es"] of="5063afa0"
# ## 1. Una fila de pesos
#
# Una matriz del medio de aprendiz: 768 filas de 256 números. Miramos el principio de una fila, y cómo
# apunta un ordenador uno de esos números.

# %%
import numpy as np

from selfhost.paths import shipped_models
from selfhost.quantize import formats, tensors

folder = shipped_models() / "aprendiz"
matrix = tensors.values(folder / "aprendiz-F16.gguf", "blk.2.ffn_up.weight")
print(matrix.shape, matrix[0, :5])
bits = f"{matrix[0, 0].view(np.uint32):032b}"
print("sign", bits[0], " exponent", bits[1:9], " fraction", bits[9:])

# %% [markdown]
# 32 bits: one for the sign, 8 for the size (the exponent), 23 for the digits (the fraction). Two
# formats of 16 bits save half of it in different ways: **float16** keeps 10 bits of fraction and 5
# of exponent, **bfloat16** keeps 7 and all 8. Which one will change these weights less?

# %% [markdown] tags=["es"] of="db6d8aeb"
# 32 bits: uno para el signo, 8 para el tamaño (el exponente), 23 para las cifras (la fracción). Dos
# formatos de 16 bits ahorran la mitad de maneras distintas: **float16** conserva 10 bits de fracción
# y 5 de exponente; **bfloat16** conserva 7, y los 8 del exponente. ¿Cuál de los dos cambiará menos
# estos pesos?

# %% tags=["nbval-ignore-output"]
from selfhost.widgets.predict import predict

half = predict("Which changes these weights less?", ["float16", "bfloat16", "both the same"])
half

# %% [markdown]
# The largest error that each makes, and its relative error:

# %% [markdown] tags=["es"] of="48f8eb20"
# El mayor error que comete cada uno, y su error relativo:

# %%
half_errors = {"float16": formats.error(matrix, formats.float16(matrix)),
               "bfloat16": formats.error(matrix, formats.bfloat16(matrix))}
for name, found in half_errors.items():
    print(f"{name:9} worst error {found.worst:.1e}   relative error {found.relative:.1e}")
half.reveal("float16", {"bfloat16": "It has the same range as float32, but fewer digits."})

# %% [markdown]
# The error of float16 is exactly zero, for a reason that has nothing to do with the format: these
# weights were *published* in float16, so its digits are all there is. Keep it in mind when somebody
# compares against "the original": ask which one. bfloat16 has fewer digits, and a range up to
# 10³⁸ where float16 ends at 65,504; for training that range matters more than digits, and so most
# large models are published in bfloat16.

# %% [markdown] tags=["es"] of="6cb89604"
# El error de float16 es exactamente cero, por una razón que no tiene nada que ver con el formato:
# estos pesos se *publicaron* en float16, así que no hay más cifras que las suyas. Tenlo presente
# cuando alguien compare con «el original»: pregunta con cuál. bfloat16 tiene menos cifras, y un
# alcance de hasta 10³⁸ donde float16 termina en 65 504; para entrenar importa más el alcance que las
# cifras, y por eso la mayoría de los modelos grandes se publica en bfloat16.

# %% [markdown]
# ## 2. Eight bits by hand
#
# A whole number of 8 bits lies between -127 and 127 (we leave -128 out, so that both sides are the
# same). Our weights are small fractions. So we need a **scale**: the weight that shall become 127,
# divided by 127. This is all of quantization, in three lines:

# %% [markdown] tags=["es"] of="a2cba0a9"
# ## 2. Ocho bits a mano
#
# Un número entero de 8 bits está entre -127 y 127 (dejamos fuera el -128, para que los dos lados sean
# iguales). Nuestros pesos son fracciones pequeñas. Así que hace falta una **escala**: el peso que ha
# de convertirse en 127, dividido por 127. Esto es toda la cuantización, en tres líneas:

# %%
row = matrix[0]
scale = np.abs(row).max() / 127
q = np.rint(row / scale).astype(np.int8)
back = q * scale
print("whole numbers:", q[:6])
print("back again:   ", back[:6].round(5))
print("the original: ", row[:6].round(5))

# %% [markdown]
# Four bytes became one, and one scale for all of them. How many weights should share a scale? All
# of the matrix, each row, or each 32 neighbours? Fewer weights per scale means a finer ruler, and
# more scales to store. Where would you expect the smallest error?

# %% [markdown] tags=["es"] of="64fbb5d0"
# Cuatro bytes se han quedado en uno, y una escala para todos. ¿Cuántos pesos deberían compartir una
# escala? ¿La matriz entera, cada fila, o cada 32 vecinos? Menos pesos por escala quiere decir una
# regla más fina, y más escalas que guardar. ¿Dónde esperas el error más pequeño?

# %% tags=["nbval-ignore-output"]
shared = predict("Which gives the smallest error with 8 bits?",
                 ["one scale per matrix", "one scale per row", "one scale per 32 weights"])
shared

# %% [markdown]
# `formats.pack` is the three lines above, for groups of any size. It also counts what the scales
# cost, with 16 bits for each.

# %% [markdown] tags=["es"] of="796e76c7"
# `formats.pack` son las tres líneas de arriba, para grupos de cualquier tamaño. Cuenta además lo que
# cuestan las escalas, a 16 bits cada una.

# %%
def compare(values, bits, zero_point=False):
    rows = []
    for per in ["tensor", "row", 32]:
        packed = formats.pack(values, bits=bits, per=per, zero_point=zero_point)
        error = formats.error(values, packed.unpack())
        rows.append((f"per {per}", f"{packed.bits_per_weight:.2f}", f"{error.relative:.2%}",
                     f"{error.lost:.1%}"))
    return show.table(rows, ["scale", "bits per weight", "relative error", "became zero"])


display(compare(matrix, bits=8))
shared.reveal("one scale per 32 weights",
              {"one scale per matrix": "Its largest weight sets the ruler for all."})

# %% [markdown]
# Less than half of the error, for half a bit more per weight. And that is with weights of one kind,
# among which no single one stands out. They are not always so polite.

# %% [markdown] tags=["es"] of="9095bec8"
# Menos de la mitad del error, por medio bit más por peso. Y eso con pesos de una sola clase, entre
# los que no destaca ninguno. No siempre son tan bien educados.

# %% [markdown]
# ### One outlier
#
# In large models a few weights are many times as large as the rest. We make one: a single weight of
# 196,608 becomes forty times the largest. What happens to the others, if they share its scale?

# %% [markdown] tags=["es"] of="daeb124f"
# ### Un valor atípico
#
# En los modelos grandes unos pocos pesos son muchas veces mayores que el resto. Hacemos uno: de
# 196 608 pesos, uno solo pasa a ser cuarenta veces el mayor. ¿Qué les pasa a los demás, si comparten
# su escala?

# %%
outlier = matrix.copy()
outlier[100, 100] = 40 * np.abs(matrix).max()
compare(outlier, bits=8)

# %% [markdown]
# With one scale for all, one weight ruined the rest: the ruler now reaches from the outlier to
# zero, and most other weights fall before its first mark: two thirds of them became zero. In
# blocks, the damage stays in the outlier's own block of 32. The errors of all the *other* weights:

# %% [markdown] tags=["es"] of="2a059266"
# Con una escala para todos, un peso ha estropeado el resto: ahora la regla llega desde el valor
# atípico hasta el cero, y la mayoría de los otros pesos caen antes de su primera marca: dos tercios
# se han quedado en cero. Por bloques, el daño no sale del bloque de 32 del valor atípico. Los errores
# de todos los *demás* pesos:

# %% tags=["nbval-ignore-output"]
from selfhost.quantize import pictures

others = np.ones(matrix.shape, bool)
others[100, 100] = False
errors = {f"scale per {per}": (formats.round_trip(outlier, bits=8, per=per) - outlier)[others]
          for per in ["tensor", "row", 32]}
show.picture(pictures.errors(errors), "Three histograms of rounding errors on one scale. With one "
             "scale for the whole matrix they are spread wide; per row and per 32 weights nearly all "
             "lie in a narrow bar at zero.")

# %% [markdown]
# ## 3. Four bits
#
# Four bits are sixteen values, and now every trick is needed. Predict: how large is the error of a
# weight, on average, compared with eight bits?

# %% [markdown] tags=["es"] of="644f87f4"
# ## 3. Cuatro bits
#
# Cuatro bits son dieciséis valores, y ahora hacen falta todos los trucos. Apuesta: ¿cuánto crece de
# media el error de un peso, comparado con ocho bits?

# %% tags=["nbval-ignore-output"]
four = predict("With half of the bits, the error is about …",
               ["2 times as large", "4 times as large", "16 times as large"])
four

# %% [markdown]
# The same table, with 4 bits:

# %% [markdown] tags=["es"] of="2960d538"
# La misma tabla, con 4 bits:

# %%
display(compare(matrix, bits=4))
four.reveal("16 times as large", {"2 times as large": "Each bit less doubles the step; four do it."})

# %% [markdown]
# Each bit that goes doubles the step between two values: four bits fewer, sixteen times the error
# (a little more, since 15 values are used here). And one weight in eight became zero. A second
# number per block helps: the lowest value, or **zero point**, so that the sixteen values reach from
# the block's own minimum to its maximum. It costs 16 bits more per block:

# %% [markdown] tags=["es"] of="5d564dc1"
# Cada bit que se quita duplica el paso entre dos valores: cuatro bits menos, dieciséis veces el error
# (un poco más, porque aquí se usan 15 valores). Y uno de cada ocho pesos se ha quedado en cero. Ayuda
# un segundo número por bloque: el valor más bajo, o **punto cero** (*zero point*), para que los
# dieciséis valores vayan del mínimo al máximo del propio bloque. Cuesta 16 bits más por bloque:

# %%
compare(matrix, bits=4, zero_point=True)

# %% [markdown]
# For the whole matrix it is no help (its values lie on both sides of zero anyway), for a block of 32
# it is. (Nothing "became zero" now, since zero itself is rarely one of the sixteen values.) So a "4-bit" model has 4.5 or 5 bits per weight, because of its scales. Smaller blocks mean less
# error and more scales; every format you will meet is one answer to this one question.

# %% [markdown] tags=["es"] of="376b820c"
# Para la matriz entera no ayuda (de todos modos, sus valores están a los dos lados del cero); para un
# bloque de 32, sí. (Ahora no hay nada en la columna «became zero», se quedó en cero, porque el propio
# cero rara vez es uno de los dieciséis valores.) Así que un modelo «de 4 bits» tiene 4,5 o 5 bits por
# peso, por sus escalas. Bloques más pequeños quieren decir menos error y más escalas; todo formato
# que encuentres es una respuesta a esta única pregunta.

# %% [markdown]
# ## 4. What is in the file
#
# Before we decode what llama.cpp wrote, we open the box. A **GGUF** file begins with four letters,
# a version, and two counts; then come facts as key and value; then a list of tensors. All of it can
# be read with `struct`, in the order in which it lies there:

# %% [markdown] tags=["es"] of="dbf3a7b6"
# ## 4. Qué hay en el fichero
#
# Antes de decodificar lo que escribió llama.cpp, abrimos la caja. Un fichero **GGUF** empieza con
# cuatro letras, una versión y dos cuentas; luego vienen datos, cada uno con su clave y su valor;
# luego una lista de tensores. Todo se puede leer con `struct`, en el orden en que está ahí:

# %%
import struct

q8_file = folder / "aprendiz-Q8_0.gguf"
with q8_file.open("rb") as file:
    magic, version, tensor_count, pairs = struct.unpack("<4sIQQ", file.read(24))
    length = struct.unpack("<Q", file.read(8))[0]
    key = file.read(length).decode()
print(magic, "version", version, "with", tensor_count, "tensors and", pairs, "facts")
print("the first fact is called", key, "- its name takes", length, "bytes")

# %% [markdown]
# And so on, to the end of the header. `weights.read_gguf` does it, and asks at every step whether
# the figure can be true. Why should it not be? Because the file comes from the internet. We write
# one in which that first length is 2⁶³, and try to read it:

# %% [markdown] tags=["es"] of="16d274f7"
# Y así hasta el final de la cabecera. Lo hace `weights.read_gguf`, que pregunta en cada paso si la
# cifra puede ser verdadera. ¿Por qué no habría de serlo? Porque el fichero viene de internet.
# Escribimos uno en el que esa primera longitud es 2⁶³, e intentamos leerlo:

# %%
from pathlib import Path

from selfhost import KitError

broken = Path("broken.gguf")
broken.write_bytes(struct.pack("<4sIQQ", b"GGUF", 3, 1, 1) + struct.pack("<Q", 2**63) + bytes(64))
try:
    weights.read_gguf(broken)
except KitError as error:
    print(error.message)
broken.unlink()

# %% [markdown]
# A reader that believed the figure would ask for nine billion gigabytes. A **safetensors** file is
# simpler: eight bytes with a length, a JSON text of that length, then the numbers.

# %% [markdown] tags=["es"] of="59979a40"
# Un lector que se creyera la cifra pediría nueve mil millones de gigabytes. Un fichero
# **safetensors** es más sencillo: ocho bytes con una longitud, un texto JSON de esa longitud, y luego
# los números.

# %%
import json

with (folder / "model.safetensors").open("rb") as file:
    length = struct.unpack("<Q", file.read(8))[0]
    header = json.loads(file.read(length))
print(length, "bytes of JSON,", len(header), "entries")
print(json.dumps(header["model.layers.2.mlp.up_proj.weight"]))

# %% [markdown]
# Neither format holds program code. (PyTorch's older `.bin` and `.pt` files can: they are opened by
# Python's `pickle`, which runs what is inside. That is why the *safe* is in the name.) What differs:
#
# | | safetensors | GGUF |
# | --- | --- | --- |
# | header | JSON | binary, typed |
# | number types | those of a GPU: F32, F16, BF16, I8, … | block formats with their scales inside |
# | tokenizer, template, settings | in other files beside it | inside: one file is enough |
# | quantized weights | whole numbers in one tensor, scales in another; `config.json` says how | the tensor's type says it |
# | made for | transformers, vLLM, training | llama.cpp, Ollama |

# %% [markdown] tags=["es"] of="cbd02ad1"
# Ninguno de los dos formatos lleva código de programa. (Los ficheros `.bin` y `.pt`, más antiguos, de
# PyTorch sí pueden llevarlo: los abre el `pickle` de Python, que ejecuta lo que hay dentro. De ahí el
# *safe*, seguro, del nombre.) Lo que cambia:
#
# | | safetensors | GGUF |
# | --- | --- | --- |
# | cabecera | JSON | binaria, con tipos |
# | tipos de números | los de una GPU: F32, F16, BF16, I8, … | formatos por bloques, con las escalas dentro |
# | tokenizador, plantilla, ajustes | en otros ficheros, al lado | dentro: basta un fichero |
# | pesos cuantizados | los enteros en un tensor, las escalas en otro; `config.json` dice cómo | lo dice el tipo del tensor |
# | hecho para | transformers, vLLM, entrenar | llama.cpp, Ollama |

# %% [markdown]
# ## 5. llama.cpp's blocks, bit by bit
#
# A Q8_0 tensor is a row of blocks of 34 bytes: a float16 scale, then 32 whole numbers of 8 bits.
# That is your format from section 2. We take the first block of the shipped file and decode it:

# %% [markdown] tags=["es"] of="1ffdcecf"
# ## 5. Los bloques de llama.cpp, bit a bit
#
# Un tensor Q8_0 es una fila de bloques de 34 bytes: una escala en float16 y luego 32 números enteros
# de 8 bits. Es tu formato de la sección 2. Tomamos el primer bloque del fichero que viene con el kit
# y lo decodificamos:

# %%
raw = tensors.raw(q8_file, "blk.2.ffn_up.weight")
block = raw[:34]
scale = np.frombuffer(block[:2], np.float16)[0]
q = np.frombuffer(block[2:], np.int8)
mine = np.float32(scale) * q.astype(np.float32)
print("scale", scale, "  whole numbers", q[:6])
print("decoded ", mine[:5].round(5))
print("original", matrix[0, :5].round(5))

# %% [markdown]
# Right? The `gguf` library, which is llama.cpp's own, decodes the whole tensor. We compare every
# bit of every number:

# %% [markdown] tags=["es"] of="844671a8"
# ¿Está bien? La biblioteca `gguf`, que es la del propio llama.cpp, decodifica el tensor entero.
# Comparamos cada bit de cada número:

# %%
from selfhost.quantize import blocks

theirs = tensors.values(q8_file, "blk.2.ffn_up.weight").ravel()
ours = blocks.decode(raw, "Q8_0")
print(f"{len(ours):,} numbers, all bits equal:", bool((ours.view("u4") == theirs.view("u4")).all()))

# %% [markdown]
# **Q4_0** is the same idea with 4 bits: a float16 scale and 16 bytes, two numbers in each byte; 8
# stands for zero. We encode the first 32 weights ourselves and look at the 18 bytes.

# %% [markdown] tags=["es"] of="96787bac"
# **Q4_0** es la misma idea con 4 bits: una escala en float16 y 16 bytes, dos números en cada byte; el
# 8 representa el cero. Codificamos nosotros los primeros 32 pesos y miramos los 18 bytes.

# %%
packed = blocks.encode_q4_0(matrix[0, :32][None])
nibbles = np.hstack([packed[0, 2:] & 15, packed[0, 2:] >> 4])
print(packed.shape[1], "bytes:", bytes(packed[0]).hex(" "))
print("16 values, 8 is zero:", nibbles[:12], "...")
print("decoded ", blocks.decode_q4_0(packed)[0, :5].round(4))
print("original", matrix[0, :5].round(4))

# %% [markdown]
# The **K-quants** go one step further: they quantize the scales as well. A super-block of
# Q4_K holds 256 weights in 8 blocks; each block has a scale and a minimum of only *six* bits, and
# two float16 numbers say what those are worth. Together 144 bytes: again 4.5 bits per weight, but
# with a minimum for each block, which cost us 5 above. This is the whole decoder, except for the
# bit-picking of the six-bit numbers:

# %% [markdown] tags=["es"] of="43aa2a79"
# Los **K-quants** van un paso más allá: cuantizan también las escalas. Un superbloque de Q4_K
# contiene 256 pesos en 8 bloques; cada bloque tiene una escala y un mínimo de solo *seis* bits, y dos
# números float16 dicen cuánto valen. En total, 144 bytes: otra vez 4,5 bits por peso, pero con un
# mínimo para cada bloque, que más arriba nos costó 5. Este es el decodificador entero, salvo la parte
# que va sacando los bits de los números de seis bits:

# %%
import inspect

print(inspect.getsource(blocks.decode_q4_k))

# %% [markdown]
# To try it on a real file, we need one; so now the real quantizer.

# %% [markdown] tags=["es"] of="888bf1ab"
# Para probarlo con un fichero de verdad nos hace falta uno; así que ahora, el cuantizador de verdad.

# %% [markdown]
# ## 6. The real quantizer
#
# llama.cpp's `llama_model_quantize`, called from Python. Eleven types, from 32 bits down to less than
# four. (They are kept by hash: a second run finds them.)

# %% [markdown] tags=["es"] of="55c6e3f7"
# ## 6. El cuantizador de verdad
#
# El `llama_model_quantize` de llama.cpp, llamado desde Python. Once tipos, de 32 bits a menos de
# cuatro. (Se guardan por su resumen criptográfico: una segunda ejecución los encuentra.)

# %% tags=["nbval-ignore-output"]
from selfhost.quantize import convert

files = {}
if llamacpp.available() and path:
    kinds = convert.kinds_for(path)
    step = pictures.progress(len(kinds))
    for kind in kinds:
        step(f"quantizing to {kind}")
        files[kind] = convert.quantize(path, kind, again="F32" not in kinds)
    step("done")
else:
    print("Left out here:", f"{MODEL} is not here" if llamacpp.available() else llamacpp.MEND)

# %% [markdown]
# How large did they become? And what is in them? Hardly any file has one type only.

# %% [markdown] tags=["es"] of="694971d0"
# ¿Qué tamaño tienen ahora? ¿Y qué hay en ellos? Casi ningún fichero tiene un solo tipo.

# %% tags=["nbval-ignore-output"]
show.table(
    [(kind, show.size(made.bytes), f"{made.bits_per_weight:.2f}",
      ", ".join(f"{t} {b / sum(made.types.values()):.0%}" for t, b in
                sorted(made.types.items(), key=lambda pair: -pair[1])[:4]))
     for kind, made in files.items()],
    ["type", "file", "bits per weight", "bytes by type of tensor"],
)

# %% [markdown]
# "Q4_K_M" is the name of a *recipe*: most matrices in Q4_K, the sensitive ones (values, the way
# down in the feed-forward network, the embedding) in Q6_K, the tiny norms in F32. The M stands for
# *medium*. In a small model the embedding is a large share, so "Q2_K" has more than three and a
# half bits per weight here. The advertised number is about large models.
#
# Now the K-quant, bit for bit, in every tensor of that type:

# %% [markdown] tags=["es"] of="1d90cb6b"
# «Q4_K_M» es el nombre de una *receta*: la mayoría de las matrices en Q4_K; las delicadas (los
# valores de la atención, la matriz de salida de la red *feed-forward*, la incrustación) en Q6_K; las
# normas, minúsculas, en F32. La M quiere decir *medium*, mediano. En un modelo pequeño la
# incrustación es una parte grande, así que aquí «Q2_K» tiene más de tres bits y medio por peso. El
# número anunciado se refiere a modelos grandes.
#
# Ahora el K-quant, bit a bit, en todos los tensores de ese tipo:

# %% tags=["nbval-ignore-output"]
if files:
    made = files["Q4_K_M"].path
    names = [t.name for t in weights.read_gguf(made).tensors if t.type == "Q4_K"]
    same = [
        (blocks.decode(tensors.raw(made, n), "Q4_K").view("u4")
         == tensors.values(made, n).ravel().view("u4")).all()
        for n in names
    ]
    print(len(names), "tensors in Q4_K, decoded by hand, all bits equal:", bool(all(same)))

# %% [markdown]
# ## 7. How to notice what is lost
#
# A smaller file is easy to see; what it lost is not. Four ways to look, from coarse to fine:
#
# - **Score**: ask questions with known answers, and count. What we care about; but each question
#   gives one bit, and twenty questions give twenty.
# - **Perplexity**: let the model read text that it was not trained on, and note how surprised it
#   is by each next token. 1 is never surprised; 2 means: as if it had to choose between two.
# - **Top-1 agreement**: how often is the likeliest next token the same as the original's?
# - **KL divergence**: how far is the *whole* distribution over the next token from the
#   original's? 0 is no difference; it is counted in nats, and never negative.
#
# Predict: can a quantized model have a *lower* (better) perplexity than the original?

# %% [markdown] tags=["es"] of="2efd2856"
# ## 7. Cómo notar lo que se pierde
#
# Que un fichero sea más pequeño se ve enseguida; lo que perdió, no. Cuatro maneras de mirar, de la
# más basta a la más fina:
#
# - **Puntuación** (*score*): hacer preguntas con respuesta conocida, y contar. Es lo que nos importa;
#   pero cada pregunta da un bit, y veinte preguntas dan veinte.
# - **Perplejidad** (*perplexity*): dejar que el modelo lea texto con el que no se entrenó, y anotar
#   cuánto le sorprende cada token siguiente. 1 es ninguna sorpresa; 2 quiere decir: como si tuviera
#   que elegir entre dos.
# - **Coincidencia del primero** (*same top*): ¿cuántas veces es el token siguiente más probable el
#   mismo que el del original?
# - **Divergencia KL**: ¿cuánto se aleja de la del original *toda* la distribución sobre el token
#   siguiente? 0 es ninguna diferencia; se cuenta en nats, y nunca es negativa.
#
# Apuesta: ¿puede un modelo cuantizado tener una perplejidad *menor* (mejor) que el original?

# %% tags=["nbval-ignore-output"]
lower = predict("Can a quantized file have a lower perplexity than the original?",
                ["yes, on some text", "no, never"])
lower

# %% [markdown]
# All eleven, one after the other: loading, reading, writing, the held-out text, the four small
# benchmarks of the kit. How many questions is decided by a time budget (20 seconds for all files
# together), the same for each; the table says how many it was. Figures are kept by hash, too.

# %% [markdown] tags=["es"] of="6f101e91"
# Los once, uno tras otro: cargar, leer, escribir, el texto reservado, los cuatro pequeños benchmarks
# del kit. Cuántas preguntas se hacen lo decide un presupuesto de tiempo (20 segundos para todos los
# ficheros juntos), y son las mismas para cada uno; la tabla dice cuántas fueron. Las cifras también
# se guardan por su resumen.

# %% tags=["nbval-ignore-output"]
from selfhost.quantize.study import Study

rows = []
study = Study(convert.original_of(path) if files else folder, seconds=20)
if files:
    if "F32" not in files:  # a file that was quantized before: it is what we compare with
        rows.append(study.gguf(study.original, "original"))
    step = pictures.progress(len(files))
    for kind, made in files.items():
        step(f"measuring {kind}")
        rows.append(study.gguf(made.path, kind))
    step("done")
    display(pictures.table(rows, study.words()))

# %% [markdown]
# Read it column by column.
#
# - **load, read, write**: on this machine, in this minute, one thread. From 16 bits down the speed
#   hardly follows the size: a model this small nearly fits into the processor's cache, and
#   unpacking costs time. With a model of gigabytes, memory is the brake (notebook 04), and half of
#   the bytes means nearly twice the speed. Speed here says nothing about speed there.
# - **score**: it hardly moves, or moves in both directions, by no more than the standard error that
#   stands above the table. So few questions cannot see what happens.
# - **perplexity**: hardly moves either, and not always upwards.
# - **KL divergence**: grows a hundredfold and more from Q8_0 to Q2_K, nearly line by line. This is
#   the one that sees ("99 %": all but one position in a hundred stay below). It also sees an exception: IQ4_XS is smaller than Q4_0, and closer to the
#   original. (Part of it is not in the file: llama.cpp also rounds the *inputs* of a quantized
#   matrix, to 8 bits, while it computes.)

# %% [markdown] tags=["es"] of="a28b2c66"
# Léela columna por columna.
#
# - **load, read, write** (cargar, leer, escribir): en esta máquina, en este minuto, con un hilo. De
#   16 bits para abajo la velocidad apenas sigue al tamaño: un modelo tan pequeño casi cabe en la
#   caché del procesador, y desempaquetar cuesta tiempo. Con un modelo de gigabytes el freno es la
#   memoria (cuaderno 04), y la mitad de bytes quiere decir casi el doble de velocidad. La velocidad
#   de aquí no dice nada de la de allí.
# - **score** (puntuación): apenas se mueve, o se mueve en los dos sentidos, no más que el error
#   estándar que está encima de la tabla. Tan pocas preguntas no pueden ver lo que pasa.
# - **perplexity** (perplejidad): tampoco se mueve apenas, y no siempre hacia arriba.
# - **KL** (divergencia KL): de Q8_0 a Q2_K crece cien veces y más, casi línea a línea. Esta es la que
#   ve («99 %»: todas las posiciones menos una de cada cien quedan por debajo). Ve también una
#   excepción: IQ4_XS es más pequeño que Q4_0, y está más cerca del original. (Una parte no está en el
#   fichero: mientras calcula, llama.cpp redondea también, a 8 bits, las *entradas* de una matriz
#   cuantizada.)

# %% tags=["nbval-ignore-output"]
if rows:
    limit = rows[0].quality.perplexity - 0.0001
    better = [r.name for r in rows[1:] if r.quality.perplexity < limit]
    print("lower perplexity than the original:", ", ".join(better) or "none in this run")
lower.reveal("yes, on some text", {
    "no, never": "Perplexity looks at one token per position: the one that came. Noise may help it."
})

# %% [markdown]
# A lower perplexity is not a better model: the rounding moved some probability, and some of it
# happened to land on the token that came. Perplexity cannot tell luck from quality; the divergence
# can, since it compares with the original at every position, over all tokens of the vocabulary.

# %% [markdown] tags=["es"] of="bd0107ae"
# Una perplejidad menor no es un modelo mejor: el redondeo movió algo de probabilidad, y una parte fue
# a caer por casualidad en el token que vino. La perplejidad no sabe distinguir la suerte de la
# calidad; la divergencia sí, porque compara con el original en cada posición, sobre todos los tokens
# del vocabulario.

# %% [markdown]
# ### Quality against size
#
# The picture that everybody who chooses a file should see once. The vertical axis is logarithmic:
# each line is ten times as much. (F32 and F16 lose next to nothing and would lie far below.)

# %% [markdown] tags=["es"] of="08be4858"
# ### Calidad frente a tamaño
#
# La imagen que debería ver una vez todo el que elige un fichero. El eje vertical es logarítmico: cada
# línea es diez veces la anterior. (F32 y F16 no pierden casi nada y quedarían muy por debajo.)

# %% tags=["nbval-ignore-output"]
if rows:
    show.picture(
        pictures.quality_against_size(rows),
        "Dots fall from upper left to lower right. " + "; ".join(
            f"{r.name}: {r.bits_per_weight:.1f} bits, KL {r.quality.kl_mean:.1g}"
            for r in rows[1:]) + ".",
    )

# %% [markdown]
# Look for dots that lie *below* their neighbours at the same width: the better format for the same
# money. And look where the slope gets steep.
#
# ### Where the distributions part
#
# A mean hides where it comes from. Sorted by divergence, from the most harmless position to the
# worst:

# %% [markdown] tags=["es"] of="af5cc6f2"
# Busca puntos que estén *por debajo* de sus vecinos del mismo tamaño: el mejor formato por el mismo
# precio. Y mira dónde se empina la cuesta.
#
# ### Dónde se separan las distribuciones
#
# Una media esconde de dónde viene. Las posiciones, ordenadas por su divergencia, de la más inofensiva
# a la peor:

# %% tags=["nbval-ignore-output"]
if rows:
    some = [r for r in rows if r.name in ("F16", "Q8_0", "Q4_K_M", "Q2_K")]
    show.picture(
        pictures.parting(some),
        "Lines that rise to the right: for each type, the divergence that so many percent of "
        "positions stay below. " + "; ".join(
            f"{r.name}: 99 % below {r.quality.kl_99:.1g}" for r in some) + ".",
    )

# %% [markdown]
# Most tokens are easy, and any version knows them. The damage sits in a few places. The worst one for
# Q2_K, and what each file expects there:

# %% [markdown] tags=["es"] of="47ad8d17"
# La mayoría de los tokens son fáciles, y cualquier versión los sabe. El daño está en unos pocos
# sitios. El peor para Q2_K, y lo que espera allí cada fichero:

# %% tags=["nbval-ignore-output"]
if rows:
    text, fig = pictures.at_worst(
        study, rows[-1], {"original": study.original,
                          **{k: files[k].path for k in ("Q8_0", "Q4_K_M", "Q2_K")}})
    print("…" + text)
    show.picture(fig, "Four groups of bars, one per file: how likely each finds the same five next "
                 "tokens. The original and Q8_0 look alike; Q2_K divides its belief in another way.")

# %% [markdown]
# ## 8. Looking at text before rounding
#
# So far each weight was rounded by itself. But not all weights matter the same: a weight that is
# always multiplied by something near zero may be wrong. To know which, one must *run* the model on
# some text, the **calibration data**. Three methods do it:
#
# - llama.cpp's **importance matrix**: for each column, the mean square of the input that it meets.
#   Rounding then prefers errors in unimportant columns.
# - **GPTQ** rounds one column after the other, and corrects the columns still to come, so that the
#   matrix' outputs on that text change least (Frantar et al., arXiv 2210.17323, 2022).
# - **AWQ** scales the columns that meet large inputs up before rounding, and the inputs down (Lin
#   et al., arXiv 2306.00978, 2023).
#
# None of them trains; but all of them depend on the text. Calibrated on English only, a model may
# lose more of its Spanish. llama-cpp-python takes an importance matrix; the tool that measures one
# is not part of it, so we measure it with transformers, on text that is *not* the held-out one:

# %% [markdown] tags=["es"] of="869b2415"
# ## 8. Mirar texto antes de redondear
#
# Hasta ahora cada peso se redondeó por su cuenta. Pero no todos los pesos importan lo mismo: un peso
# que se multiplica siempre por algo cercano a cero puede estar mal sin que se note. Para saber cuáles
# son hay que *ejecutar* el modelo sobre algún texto, los **datos de calibración**. Lo hacen tres
# métodos:
#
# - la **matriz de importancia** de llama.cpp: para cada columna, la media de los cuadrados de la
#   entrada que le llega. El redondeo prefiere entonces los errores en columnas poco importantes.
# - **GPTQ** redondea una columna tras otra, y corrige las columnas que faltan, de modo que las
#   salidas de la matriz sobre ese texto cambien lo menos posible (Frantar et al., arXiv 2210.17323,
#   2022).
# - **AWQ** agranda antes de redondear las columnas que reciben entradas grandes, y achica esas
#   entradas (Lin et al., arXiv 2306.00978, 2023).
#
# Ninguno entrena; pero todos dependen del texto. Calibrado solo con inglés, un modelo puede perder
# más de su español. llama-cpp-python acepta una matriz de importancia; la herramienta que la mide no
# forma parte de él, así que la medimos con transformers, sobre un texto que *no* es el reservado:

# %% tags=["nbval-ignore-output"]
from selfhost.quantize import importance, items, runners

matrix_of = None
if files and MODEL == "aprendiz":
    with runners.LlamaCpp(files["F32"].path) as runner:
        text = items.rows([runner.tokens(t) for t in items.calibration()], *runner.ends)
    matrix_of = importance.measure(folder, text)
    column = matrix_of.columns["blk.2.ffn_up.weight"]
    print(f"{matrix_of.tokens:,} tokens, {len(matrix_of.columns)} matrices")
    print(f"the most important column meets {column.max() / np.median(column):.0f} times the usual")

# %% [markdown]
# With it and without it, where few bits are left:

# %% [markdown] tags=["es"] of="8a90fa9d"
# Con ella y sin ella, donde quedan pocos bits:

# %% tags=["nbval-ignore-output"]
with_matrix = []
if matrix_of:
    for kind in ["Q4_0", "Q3_K_M", "Q2_K"]:
        made = convert.quantize(path, kind, importance=matrix_of)
        with_matrix.append(study.gguf(made.path, kind + pictures.WITH_MATRIX))
    plain = {row.name: row.quality.kl_mean for row in rows}
    display(show.table(
        [(r.name, f"{plain[r.name.split()[0]]:.2g}", f"{r.quality.kl_mean:.2g}",
          f"{r.quality.kl_mean / plain[r.name.split()[0]] - 1:+.0%}") for r in with_matrix],
        ["type", "KL without", "KL with", "change"]))

# %% [markdown]
# Same size, same speed, other roundings. It pays most where bits are fewest.

# %% [markdown] tags=["es"] of="a90311ee"
# El mismo tamaño, la misma velocidad, otros redondeos. Donde más compensa es donde menos bits hay.

# %% [markdown]
# ## 9. PyTorch's world
#
# In transformers the same idea comes in other boxes: **torchao** (PyTorch's own) and **quanto**
# (Hugging Face) round what is loaded; **GPTQ** files are made once, with calibration, by a library
# such as *gptqmodel*. That library installs on a CPU, but brings gigabytes and takes minutes; so its
# result is shipped (`models/aprendiz-gptq`, where its README says what we met), and read here by
# hand. Each is saved, loaded back in transformers, and measured in the same way.

# %% [markdown] tags=["es"] of="8468bc69"
# ## 9. El mundo de PyTorch
#
# En transformers la misma idea viene en otras cajas: **torchao** (de PyTorch) y **quanto** (de
# Hugging Face) redondean lo que se ha cargado; los ficheros **GPTQ** se hacen una sola vez, con
# calibración, con una biblioteca como *gptqmodel*. Esa biblioteca se instala en una CPU, pero trae
# gigabytes y tarda minutos; por eso su resultado viene con el kit (`models/aprendiz-gptq`, cuyo
# README dice con qué nos encontramos), y aquí se lee a mano. Cada uno se guarda, se vuelve a cargar
# en transformers, y se mide de la misma manera.

# %% tags=["nbval-ignore-output"]
from selfhost.quantize import torchside

torch_rows = []
if MODEL == "aprendiz":
    step = pictures.progress(len(torchside.VARIANTS))
    for variant in torchside.VARIANTS:
        step(variant)
        if torchside.missing(variant):
            print(f"{variant} is left out: {torchside.missing(variant)} is not installed")
            continue
        torch_rows.append(study.folder(folder, variant))
    step("done")
    display(pictures.table(torch_rows, study.words()))

# %% [markdown]
# Read the first line first: transformers in float32 against llama.cpp in F32, the same weights in
# two programs. Then the sizes: these libraries leave the embedding alone, which is a fifth of this
# model, so their files are larger than "4 bits" says. And the speeds: the GPTQ line is unpacked to
# float32 by us before it runs, so its speed is not the format's.
#
# What did calibration buy? Compare GPTQ with quanto's int4, which looks at no text:

# %% [markdown] tags=["es"] of="69f65115"
# Lee primero la primera línea: transformers en float32 frente a llama.cpp en F32, los mismos pesos en
# dos programas. Luego los tamaños: estas bibliotecas no tocan la incrustación, que es una quinta
# parte de este modelo, así que sus ficheros son mayores de lo que dice «4 bits». Y las velocidades:
# la línea de GPTQ la desempaquetamos nosotros a float32 antes de ejecutarla, así que su velocidad no
# es la del formato.
#
# ¿Qué se ganó con la calibración? Compara GPTQ con el int4 de quanto, que no mira ningún texto:

# %% tags=["nbval-ignore-output"]
figures = {row.name: row.quality.kl_mean for row in torch_rows}
for name in ("quanto int4", "GPTQ 4-bit"):
    if name in figures:
        print(f"{name}: mean KL divergence {figures[name]:.2g}")

# %% [markdown]
# All together, on one picture:

# %% [markdown] tags=["es"] of="37c393ad"
# Todos juntos, en una imagen:

# %% tags=["nbval-ignore-output"]
everything = [*rows, *with_matrix, *torch_rows]
if everything:
    best = min((r for r in everything if r.bits_per_weight < 6), default=None,
               key=lambda r: r.quality.kl_mean)
    show.picture(
        pictures.quality_against_size(everything),
        "The picture from above with more dots: files with an importance matrix lie below those "
        "without; PyTorch's formats lie to the right, since their embedding has 16 or 32 bits."
        + (f" Below 6 bits, {best.name} is closest to the original." if best else ""),
    )

# %% [markdown]
# ## 10. The same weights in two programs
#
# One doubt remains: is the F32 file really the model that transformers runs? Same text, same
# weights, two programs written by different people. How far apart are the scores at most?

# %% [markdown] tags=["es"] of="ef9bf891"
# ## 10. Los mismos pesos en dos programas
#
# Queda una duda: ¿es el fichero F32 de verdad el modelo que ejecuta transformers? El mismo texto, los
# mismos pesos, dos programas escritos por personas distintas. ¿Cuánto se separan como mucho las
# puntuaciones?

# %% tags=["nbval-ignore-output"]
from selfhost.quantize.study import largest_difference

if files and MODEL == "aprendiz":
    largest, same = largest_difference(files["F32"].path, folder)
    print(f"largest difference of a score: {largest:.4f}; same likeliest token: {same:.1%}")

# %% [markdown]
# Scores run from about -20 to 20, so this is in the fifth digit. It is larger than float32's own
# rounding for one known reason: on a CPU, llama.cpp looks one function (GELU) up in a table of
# float16 numbers. Two programs with the same weights are never quite the same model; lab 6 makes a
# case of it.

# %% [markdown] tags=["es"] of="f8875104"
# Las puntuaciones van de -20 a 20, más o menos, así que esto está en la quinta cifra. Es más que el
# redondeo del propio float32, por una razón conocida: en una CPU, llama.cpp busca los valores de una
# función (GELU) en una tabla de números float16. Dos programas con los mismos pesos no son nunca del
# todo el mismo modelo; la práctica 6 hace de ello un caso.

# %% [markdown]
# ## 11. How to choose
#
# 1. What does the memory allow? Weights, and the context besides (notebook 04).
# 2. Take the largest file that fits and leaves room. A larger model with fewer bits usually beats a
#    smaller one with more, down to about four bits (Dettmers and Zettlemoyer, arXiv 2212.09720,
#    2022); below three, look twice.
# 3. Q8_0 is as good as the original for nearly every purpose. Q4_K_M is the usual compromise
#    (Ollama's default for most models, including `gemma3:1b`: its library, 2026-11).
# 4. Measure on *your* task: KL divergence to see whether anything changed, a score with enough
#    questions to see whether it matters. Small models suffer more than large ones.
# 5. Write down which file you used, with its hash. "gemma3:1b" is a name; Q4_K_M is a decision.

# %% [markdown] tags=["es"] of="4e959007"
# ## 11. Cómo elegir
#
# 1. ¿Qué permite la memoria? Los pesos, y además el contexto (cuaderno 04).
# 2. Toma el fichero más grande que quepa y deje sitio. Un modelo mayor con menos bits suele ganar a
#    uno menor con más, hasta unos cuatro bits (Dettmers y Zettlemoyer, arXiv 2212.09720, 2022); por
#    debajo de tres, mira dos veces.
# 3. Q8_0 es tan bueno como el original para casi cualquier fin. Q4_K_M es el compromiso habitual (lo
#    que da Ollama por defecto para la mayoría de los modelos, también para `gemma3:1b`: su
#    biblioteca, 2026-11).
# 4. Mide en *tu* tarea: la divergencia KL para ver si algo ha cambiado, una puntuación con bastantes
#    preguntas para ver si importa. Los modelos pequeños sufren más que los grandes.
# 5. Apunta qué fichero usaste, con su resumen criptográfico. «gemma3:1b» es un nombre; Q4_K_M es una
#    decisión.

# %% [markdown]
# ## Check yourself
#
# **1.** A 4-bit format has blocks of 32 weights with one float16 scale. How many bits per weight?
#
# <details><summary>Answer</summary>
#
# 4 + 16 / 32 = 4.5. With a float16 minimum besides: 5.
#
# </details>
#
# **2.** A colleague reports: "Q3_K_M has the same benchmark score as F16, so nothing was lost." What
# do you ask?
#
# <details><summary>Answer</summary>
#
# How many questions? With 100 questions, a score of 85 % has a standard error of 3.6 points. And:
# what is the KL divergence? It sees changes long before a score does.
#
# </details>
#
# **3.** Why does one very large weight do less harm in Q4_0 than in int8 with one scale per matrix,
# although Q4_0 has half of the bits?
#
# <details><summary>Answer</summary>
#
# In Q4_0 it shares its scale with 31 others; per matrix it sets the ruler for all of them.
#
# </details>
#
# **4.** You want to quantize a model for Spanish customer mails with GPTQ. Which calibration text do
# you take?
#
# <details><summary>Answer</summary>
#
# Spanish mails of that kind (with permission, and without personal data), not the English web text
# that many recipes take; and none of the mails on which you will judge the result.
#
# </details>

# %% [markdown] tags=["es"] of="a905a7f2"
# ## Compruébalo
#
# **1.** Un formato de 4 bits tiene bloques de 32 pesos con una escala en float16. ¿Cuántos bits por
# peso?
#
# <details><summary>Respuesta</summary>
#
# 4 + 16 / 32 = 4,5. Si además hay un mínimo en float16: 5.
#
# </details>
#
# **2.** Un colega informa: «Q3_K_M tiene la misma puntuación que F16 en el benchmark, así que no se
# perdió nada». ¿Qué le preguntas?
#
# <details><summary>Respuesta</summary>
#
# ¿Cuántas preguntas? Con 100 preguntas, una puntuación del 85 % tiene un error estándar de 3,6
# puntos. Y: ¿cuál es la divergencia KL? Ve los cambios mucho antes que una puntuación.
#
# </details>
#
# **3.** ¿Por qué un solo peso muy grande hace menos daño en Q4_0 que en int8 con una escala por
# matriz, aunque Q4_0 tenga la mitad de bits?
#
# <details><summary>Respuesta</summary>
#
# En Q4_0 comparte su escala con otros 31; por matriz, marca la regla de todos.
#
# </details>
#
# **4.** Quieres cuantizar con GPTQ un modelo para correos de clientes en español. ¿Qué texto de
# calibración tomas?
#
# <details><summary>Respuesta</summary>
#
# Correos en español de esa clase (con permiso, y sin datos personales), no el texto de la web en
# inglés que toman muchas recetas; y ninguno de los correos con los que juzgarás el resultado.
#
# </details>
