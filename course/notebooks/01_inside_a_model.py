# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
#   kit:
#     title: What is in a generative model
#     minutes: 95
#     objectives:
#       - open a model file, and say what is in it and what is not
#       - explain what a token is, and count the tokens of a text
#       - follow one question through the model, up to a probability for every possible next token
#       - say what temperature, top_k and top_p change, and what they leave alone
#       - write the loop that makes an answer, and list what a complete release holds besides
#     needs: [endpoint]
#     next: 02_openness_spectrum
#     es:
#       title: Qué hay en un modelo generativo
#       objectives:
#         - abrir el fichero de un modelo, y decir qué hay en él y qué no
#         - explicar qué es un token, y contar los tokens de un texto
#         - seguir una pregunta a través del modelo, hasta una probabilidad para cada token siguiente posible
#         - decir qué cambian temperature, top_k y top_p, y qué dejan como está
#         - escribir el bucle que hace una respuesta, y enumerar qué más contiene una publicación completa
# ---

# %% [markdown]
# **Where is the answer?** Ask a language model for the capital of France, and it says something
# about Paris. The model is a file on your disk. So the answer must be in that file; but where?
# We open the file, look for it, do the model's arithmetic ourselves, and do not stop before we
# have found it.
#
# First, the model that answers in this notebook. It says its name, and you should always want to
# know it.

# %% [markdown] tags=["es"] of="f0540bb8"
# **¿Dónde está la respuesta?** Pregunta a un modelo de lenguaje por la capital de Francia, y dice algo
# de París. El modelo es un fichero de tu disco. Luego la respuesta tiene que estar en ese fichero;
# pero ¿dónde? Lo abrimos, la buscamos, hacemos nosotros la aritmética del modelo, y no paramos hasta
# haberla encontrado.
#
# Primero, el modelo que responde en este cuaderno. Dice su nombre, y tú deberías querer saberlo
# siempre.

# %% tags=["nbval-ignore-output"]
from selfhost.endpoint import endpoint

at = endpoint()
print(at.describe())
at.export()

# %% [markdown]
# ## 1. Open the file
#
# Most models that you run yourself come as one file. Its usual format in the world of llama.cpp
# and Ollama is called **GGUF**. We take the file of the model that answers, if it lies where we
# can read it.

# %% [markdown] tags=["es"] of="293fee43"
# ## 1. Abrir el fichero
#
# Casi todos los modelos que ejecutas tú vienen en un solo fichero. En el mundo de llama.cpp y de
# Ollama su formato habitual se llama **GGUF**. Tomamos el fichero del modelo que responde, si está
# donde podamos leerlo.

# %% tags=["nbval-ignore-output"]
from selfhost import anatomy, show

name, path, said = anatomy.local_model(at.model)
model = anatomy.open_model(name, path)
print(said)
print(f"{path.name}: {show.size(model.file_bytes)}")

# %% [markdown]
# Before you look: what do you expect? Is most of the file program code, or the texts that the
# model learnt from, or questions with their answers, or numbers? Commit yourself; being wrong now
# is the best way to remember later.

# %% [markdown] tags=["es"] of="c1d651f7"
# Antes de mirar: ¿qué esperas? ¿La mayor parte del fichero es código de programa, o los textos de los
# que aprendió el modelo, o preguntas con sus respuestas, o números? Apuesta; equivocarse ahora es la
# mejor manera de recordarlo luego.

# %% tags=["nbval-ignore-output"]
from selfhost.widgets.predict import predict

inside = predict(
    "What is most of this file made of?",
    ["program code", "the texts it learnt from, compressed", "questions with their answers",
     "numbers"],
)
inside

# %% [markdown]
# The first bytes of a file say what it is.

# %% [markdown] tags=["es"] of="50b891d6"
# Los primeros bytes de un fichero dicen qué es.

# %%
with path.open("rb") as file:
    print(file.read(4))

# %% [markdown]
# After these four letters comes a **header**: facts about the model, and the list of the tokens
# that it knows. After the header come the **weights**. How large is each?

# %% [markdown] tags=["es"] of="edd9d768"
# Después de esas cuatro letras viene una **cabecera**: datos sobre el modelo, y la lista de los tokens
# que conoce. Después de la cabecera vienen los **pesos**. ¿Cuánto ocupa cada parte?

# %% tags=["nbval-ignore-output"]
weights, header = model.data_bytes, model.file_bytes - model.data_bytes
rows = [
    (part, show.size(octets), f"{octets / model.file_bytes:.1%}")
    for part, octets in [("header and vocabulary", header), ("weights", weights)]
]
assert weights > header
show.table(rows, ["part of the file", "bytes", "share"])

# %% [markdown]
# Here is what your guess meets. (Whoever made none is told the truth all the same.)

# %% [markdown] tags=["es"] of="0530f30e"
# Esto es lo que se encuentra tu apuesta. (Quien no apostó se entera igualmente de la verdad.)

# %% tags=["nbval-ignore-output"]
inside.reveal(
    "numbers",
    {
        "program code": "There is none: that is why you need an engine, such as llama.cpp.",
        "the texts it learnt from, compressed": "It learnt from texts, but they are not in it.",
        "questions with their answers": "Then it could answer only what somebody had asked before.",
    },
)

# %% [markdown]
# So there is no program in the file, and nothing that you could call a sentence. If you do not
# believe it, search. We look for an answer, word by word, and for the single name.

# %% [markdown] tags=["es"] of="63bedcc6"
# Así que en el fichero no hay ningún programa, ni nada que se pueda llamar una frase. Si no lo crees,
# busca. Buscamos una respuesta, palabra por palabra, y el nombre solo.

# %% tags=["nbval-ignore-output"]
for text in ["The capital of France is Paris", "capital of France", "Paris"]:
    print(f"found {anatomy.occurrences(path, text)} times: {text}")

# %% [markdown]
# The sentence is not there. If the name is there at all, then once or a few times, and soon you
# will see where: in the vocabulary, among thousands of other pieces of text, next to nothing that
# has to do with France. *Having learnt* something and *having stored* it as text are two
# different things.

# %% [markdown] tags=["es"] of="1aacf72f"
# La frase no está. Si está el nombre, entonces una vez o unas pocas, y pronto verás dónde: en el
# vocabulario, entre miles de otros trozos de texto, al lado de nada que tenga que ver con Francia.
# *Haber aprendido* algo y *haberlo guardado* como texto son dos cosas distintas.

# %% [markdown]
# ## 2. The header: which arithmetic to do
#
# The weights alone are useless: somebody must know what to do with them. That is the
# **architecture**, and the header names it, with its measurements.

# %% [markdown] tags=["es"] of="dd190a69"
# ## 2. La cabecera: qué aritmética hay que hacer
#
# Los pesos solos no sirven: alguien tiene que saber qué hacer con ellos. Eso es la **arquitectura**, y
# la cabecera la nombra, con sus medidas.

# %% tags=["nbval-ignore-output"]
show.table(anatomy.facts(model), ["in the header", "value", "what it means"])

# %% [markdown]
# An engine reads `general.architecture` first. It must have that architecture built in: this is
# why a brand-new model sometimes needs a newer engine, although "it is only a file". Here is the
# same information as a drawing. Keep it in mind; the rest of this notebook walks along it from
# left to right.

# %% [markdown] tags=["es"] of="a330d673"
# Un motor lee lo primero `general.architecture`. Tiene que llevar dentro esa arquitectura: por eso un
# modelo recién salido necesita a veces un motor más nuevo, aunque «no es más que un fichero». Aquí
# está la misma información en un dibujo. Tenlo presente; el resto del cuaderno lo recorre de
# izquierda a derecha.

# %% tags=["nbval-ignore-output"]
layers = model.info.of_architecture("block_count")
show.picture(
    anatomy.flow(model),
    "A chain of boxes: text, tokenizer, embedding, attention, feed-forward, output. Attention and "
    f"feed-forward together are one layer, and there are {layers} layers in a row. From the "
    "output an arrow leads back to the text: one token is chosen, added, and it begins again.",
)

# %% [markdown]
# ## 3. The weights: where the numbers sit
#
# The weights lie in named blocks called **tensors**: tables of numbers. Their names say which box
# of the drawing they belong to. *Attention* is the famous part: “attention is all you need” is
# the title of the paper that started it all. Which part holds the most numbers: embedding,
# attention, feed-forward, or the norms (small corrections between the boxes)?

# %% [markdown] tags=["es"] of="83ff5a52"
# ## 3. Los pesos: dónde están los números
#
# Los pesos están en bloques con nombre que se llaman **tensores**: tablas de números. Sus nombres
# dicen a qué caja del dibujo pertenecen. La *atención* es la parte famosa: «attention is all you
# need» es el título del artículo con el que empezó todo. ¿Qué parte tiene más números: la incrustación
# (*embedding*), la atención, las redes *feed-forward*, o las normas (pequeñas correcciones entre las
# cajas)?

# %% tags=["nbval-ignore-output"]
groups = anatomy.groups(model)
biggest = predict(
    "Which part of the drawing holds the most numbers?",
    [group.name for group in groups],
)
biggest

# %% [markdown]
# We count, and draw.

# %% [markdown] tags=["es"] of="77c6d14e"
# Contamos, y dibujamos.

# %% tags=["nbval-ignore-output"]
share = {group.name: group.numbers / model.info.parameters for group in groups}
show.picture(
    show.bars(
        [f"{group.name}: {group.job}" for group in groups],
        [group.numbers / 1e6 for group in groups],
        title=f"The {show.count(model.info.parameters)} numbers of {name}",
        unit="millions of numbers",
        marks=[f"{share[group.name]:.1%}" for group in groups],
    ),
    "Bars, one per part. " + ", ".join(f"{k}: {v:.1%} of all numbers" for k, v in share.items()),
)

# %% [markdown]
# And your guess?

# %% [markdown] tags=["es"] of="7c245f4f"
# ¿Y tu apuesta?

# %% tags=["nbval-ignore-output"]
most = max(groups, key=lambda group: group.numbers).name
biggest.reveal(most, {"attention": "It is the part everybody talks about, not the largest one."})

# %% [markdown]
# Attention gave the architecture its fame, yet most numbers sit elsewhere: in the feed-forward
# networks, and, when a model is small and its vocabulary is not, in the embedding. The norms
# hardly count.
#
# These numbers take space. The file stores them with a certain precision, and the precision
# decides how large it is:

# %% [markdown] tags=["es"] of="57d9ae07"
# La atención dio fama a la arquitectura, pero la mayoría de los números están en otra parte: en las
# redes *feed-forward* y, cuando el modelo es pequeño y su vocabulario no, en la incrustación. Las
# normas apenas cuentan.
#
# Estos números ocupan sitio. El fichero los guarda con cierta precisión, y la precisión decide cuánto
# ocupa:

# %% tags=["nbval-ignore-output"]
kinds = {}
for tensor in model.info.tensors:
    numbers, octets = kinds.get(tensor.type, (0, 0))
    kinds[tensor.type] = (numbers + tensor.elements, octets + tensor.bytes)
show.table(
    [(kind, n, show.size(b), f"{8 * b / n:.2f}") for kind, (n, b) in kinds.items()],
    ["type in the file", "numbers", "size", "bits per number"],
)

# %% [markdown]
# *Size of the file = numbers × bits per number ÷ 8.* This one line tells you whether a model fits
# your laptop, and why people **quantize**: fewer bits, smaller file (notebooks 04 and 09 come back
# to it).
#
# And what do these numbers look like? Here are a few from the first layer.

# %% [markdown] tags=["es"] of="48af587b"
# *Tamaño del fichero = números × bits por número ÷ 8.* Esta única línea te dice si un modelo cabe
# en tu portátil, y por qué se **cuantiza**: menos bits, fichero más pequeño (los cuadernos 04 y 09
# vuelven a ello).
#
# ¿Y cómo son esos números? Aquí hay unos cuantos de la primera capa.

# %% tags=["nbval-ignore-output"]
first = next(t for t in model.info.tensors if t.name.endswith("ffn_up.weight"))
values = anatomy.first_values(model, first.name, 4096)
print(first.name, [round(value, 3) for value in values[:8]], "...")
fig, ax = show.figure(6, 2.6)
ax.hist(values, bins=60, color=show.COLOURS["blue"])
show.head(ax, f"4096 of the {show.count(first.elements)} numbers of {first.name}")
ax.set_xlabel("value of the weight")
ax.set_ylabel("how many")
show.picture(fig, "A bell around zero: most weights are small, positive as often as negative.")

# %% [markdown]
# A bell around zero, and it would look much the same in any model. There is no number that means
# *Paris*. If the answer is in the file, it is in all of them together. To see how, we need
# something to put in.

# %% [markdown] tags=["es"] of="bb103661"
# Una campana alrededor del cero, y sería más o menos igual en cualquier modelo. No hay un número que
# signifique *París*. Si la respuesta está en el fichero, está en todos juntos. Para ver cómo, hace
# falta algo que meterle.

# %% [markdown]
# ## 4. From text to tokens
#
# A model works with numbers, so text must become numbers first. It is cut into **tokens**, and
# each token has a number, its id. The vocabulary in the header says how to cut.

# %% [markdown] tags=["es"] of="21d3916f"
# ## 4. Del texto a los tokens
#
# Un modelo trabaja con números, así que antes hay que convertir el texto en números. Se corta en
# **tokens**, y cada token tiene un número, su identificador. El vocabulario de la cabecera dice cómo
# cortar.

# %% tags=["nbval-ignore-output"]
spoken, said = anatomy.readable(model)
print(said)
tokenizer = anatomy.Tokenizer.from_gguf(spoken.info.metadata)
print(len(tokenizer), "tokens; some of them:")
print([tokenizer.label(i) for i in range(300, 2100, 150) if i < len(tokenizer)])

# %% [markdown]
# (`·` stands for a space.) Some tokens are whole words, some are pieces. How is a word cut that
# is not in the vocabulary? It starts as letters, and then, again and again, the neighbours with
# the best score in the vocabulary are joined, until nothing joins any more:

# %% [markdown] tags=["es"] of="bc3b1e5c"
# (`·` representa un espacio.) Algunos tokens son palabras enteras; otros, trozos. ¿Cómo se corta una
# palabra que no está en el vocabulario? Empieza siendo letras y luego, una y otra vez, se unen los
# vecinos que tienen la mejor puntuación en el vocabulario, hasta que ya no se puede unir nada:

# %% tags=["nbval-ignore-output"]
for step in tokenizer.steps("unbelievable"):
    print(" | ".join(step))

# %% [markdown]
# Now a bet between two languages: which needs more tokens, “Why is the sky blue during the day?” or
# “¿Por qué el cielo es azul durante el día?”

# %% [markdown] tags=["es"] of="5e07f024"
# Ahora una apuesta entre dos lenguas: ¿cuál necesita más tokens, «Why is the sky blue during the day?»
# o «¿Por qué el cielo es azul durante el día?»

# %% tags=["nbval-ignore-output"]
pair = {
    "English": "Why is the sky blue during the day?",
    "Spanish": "¿Por qué el cielo es azul durante el día?",
}
cheaper = predict(
    f"Which needs more tokens: “{pair['English']}” or “{pair['Spanish']}”?",
    ["English", "Spanish", "the same number"],
)
cheaper

# %% [markdown]
# Both sentences, and three texts of other kinds, cut into tokens:

# %% [markdown] tags=["es"] of="24f1392d"
# Las dos frases, y tres textos de otro tipo, cortados en tokens:

# %% tags=["nbval-ignore-output"]
texts = {**pair, "number": "3.14159", "emoji": "🙂🙃", "Chinese": "天空为什么是蓝色的?"}
ids = {kind: tokenizer.encode(text) for kind, text in texts.items()}
show.table(
    [
        (kind, texts[kind], len(texts[kind]), len(ids[kind]),
         " | ".join(tokenizer.label(i) for i in ids[kind][:9]))
        for kind in texts
    ],
    ["", "text", "characters", "tokens", "the first tokens"],
)

# %% [markdown]
# Who won the bet?

# %% [markdown] tags=["es"] of="ba3bd529"
# ¿Quién ganó la apuesta?

# %% tags=["nbval-ignore-output"]
n = {kind: len(ids[kind]) for kind in pair}
more = "the same number" if n["English"] == n["Spanish"] else max(n, key=n.get)
cheaper.reveal(more, {"English": "The Spanish one is cut into more pieces here."})

# %% [markdown]
# A token is not a word and not a letter. What was frequent in the tokenizer's own training text
# became one token; the rest is cut into pieces, down to single bytes. Most tokenizers saw mostly
# English, and so the same question costs more tokens in Spanish. It matters, because everything
# is counted in tokens: speed, the length of the context, and the price of a hosted model.
#
# Nothing is lost on the way, whatever the text:

# %% [markdown] tags=["es"] of="35d0fe8c"
# Un token no es una palabra ni una letra. Lo que era frecuente en el texto con el que se entrenó el
# tokenizador llegó a ser un token; lo demás se corta en trozos, si hace falta en bytes sueltos. La
# mayoría de los tokenizadores vieron sobre todo inglés, y por eso la misma pregunta cuesta más tokens
# en español. Importa, porque todo se cuenta en tokens: la velocidad, la longitud del contexto y el
# precio de un modelo alojado por otros.
#
# Por el camino no se pierde nada, sea cual sea el texto:

# %%
for text in texts.values():
    assert tokenizer.decode(tokenizer.encode(text)) == text
print("all", len(texts), "texts come back unchanged")

# %% [markdown]
# Try your own: your name, a line of code, a word in another language, two spaces instead of one.

# %% [markdown] tags=["es"] of="be217dc2"
# Prueba con los tuyos: tu nombre, una línea de código, una palabra en otra lengua, dos espacios en vez
# de uno.

# %% tags=["nbval-ignore-output"]
from selfhost.widgets.tokens import tokens

tokens(tokenizer, "¡Hola! My name is Iñigo Montoya, and I count tokens: 1, 2, 3.")

# %% [markdown]
# ### A conversation is one long text
#
# You type a question, yet the model only ever continues a text. What tells it that a question
# was asked, and that it is its turn? The **chat template** in the header, which turns a
# conversation into one text:

# %% [markdown] tags=["es"] of="647df0d0"
# ### Una conversación es un solo texto largo
#
# Tú escribes una pregunta, pero el modelo no hace más que continuar un texto. ¿Qué le dice que le han
# preguntado, y que le toca? La **plantilla de conversación** (*chat template*) de la cabecera, que
# convierte una conversación en un solo texto:

# %% tags=["nbval-ignore-output"]
question = "What is the capital of France?"
prompt = anatomy.render(spoken.info.metadata, question)
print(prompt)

# %% [markdown]
# The signs in angle brackets are **control tokens**: one token each. A tokenizer can be told to
# make them, as for a template, or not to, as it should be for the words that a user types:

# %% [markdown] tags=["es"] of="8f64b35b"
# Los signos entre paréntesis angulares son **tokens de control**: un token cada uno. A un
# tokenizador se le puede decir que los produzca, como para una plantilla, o que no, como debería
# ser con las palabras que escribe un usuario:

# %% tags=["nbval-ignore-output"]
sign = "<end_of_turn>"
print("read as a control token:", len(tokenizer.encode(sign, special=True)), "token(s)")
print("read as ordinary text:  ", len(tokenizer.encode(sign)), "token(s)")

# %% [markdown]
# It matters who decides. If the sign counts in a user's words too, users can end their turn
# themselves and put words into the model's mouth. Many chat servers allow it, because they cut the
# whole conversation at once: the engine behind this course does (tried with xllamacpp 2026.10,
# 2026-11).
#
# Each family of models has a template of its own. With the wrong one, a good model talks
# nonsense; a wrong template is among the commonest reasons for bad answers from a self-hosted
# model.

# %% [markdown] tags=["es"] of="a2790964"
# Importa quién lo decide. Si el signo cuenta también en las palabras de un usuario, este puede
# terminar su propio turno y poner palabras en boca del modelo. Muchos servidores de chat lo
# permiten, porque cortan toda la conversación de una vez: el motor de este curso, por ejemplo
# (probado con xllamacpp 2026.10, 2026-11).
#
# Cada familia de modelos tiene su plantilla. Con una equivocada, un buen modelo dice disparates;
# una plantilla equivocada es una de las causas más comunes de malas respuestas en un modelo
# autoalojado.

# %% [markdown]
# ## 5. One step, by hand
#
# Now the arithmetic. We do it with numpy, in code short enough to read, and with the kit's own
# small model **aprendiz**: it has the architecture of Gemma 3, so the arithmetic is the same as
# for its big relatives, but it is done in the blink of an eye. Its weights come from its second
# file, `model.safetensors`, the format of the Hugging Face world: the same numbers in another box.

# %% [markdown] tags=["es"] of="98497c00"
# ## 5. Un paso, a mano
#
# Ahora, la aritmética. La hacemos con numpy, en código tan corto que se puede leer, y con el pequeño
# modelo del kit, **aprendiz**: tiene la arquitectura de Gemma 3, así que la aritmética es la misma que
# en sus parientes grandes, pero se hace en un abrir y cerrar de ojos. Sus pesos vienen de su segundo
# fichero, `model.safetensors`, el formato del mundo de Hugging Face: los mismos números en otra caja.

# %% tags=["nbval-ignore-output"]
from selfhost.paths import shipped_models

folder = shipped_models() / "aprendiz"
aprendiz = anatomy.open_model("aprendiz", anatomy.local_model("aprendiz")[1])
small, words = anatomy.load(folder), anatomy.Tokenizer.from_gguf(aprendiz.info.metadata)
if name != "aprendiz":
    print(f"From here to section 8 we calculate with aprendiz, not with {name}.")
prompt = words.encode(anatomy.render(aprendiz.info.metadata, question), special=True)
print(len(prompt), "tokens:", " ".join(words.label(i) for i in prompt))

# %% [markdown]
# We will push these tokens through the model once. What comes out: the whole answer, the next
# word, a score for every token of the vocabulary, or a yes or no for each?

# %% [markdown] tags=["es"] of="9c41da6d"
# Vamos a pasar estos tokens una vez por el modelo. ¿Qué sale: la respuesta entera, la palabra
# siguiente, una puntuación para cada token del vocabulario, o un sí o un no para cada uno?

# %% tags=["nbval-ignore-output"]
comes = predict(
    "What is the result of one pass through the model?",
    ["the whole answer", "the next word", "a score for every token of the vocabulary",
     "yes or no for every token"],
)
comes

# %% [markdown]
# One pass, and a note of what it had in hand on the way:

# %% [markdown] tags=["es"] of="25c71af8"
# Una pasada, y una nota de lo que tenía en la mano por el camino:

# %% tags=["nbval-ignore-output"]
trace = anatomy.Trace()
scores = small.logits(prompt, trace)
show.table([(what, " × ".join(map(str, shape))) for what, shape in trace.shapes],
           ["on the way", "numbers"])

# %% [markdown]
# The last line is the result. Compare it with the size of the vocabulary.

# %% [markdown] tags=["es"] of="6236229b"
# La última línea es el resultado. Compárala con el tamaño del vocabulario.

# %%
print("one score per token of the vocabulary:", scores.shape == (len(words),))
comes.reveal("a score for every token of the vocabulary")

# %% [markdown]
# If you expected a word or an answer: that is what the *program around* the model makes of it.
# The model itself ends here, with a list of scores (called **logits**) over the whole vocabulary.
# It does so in one pass, always with the same amount of arithmetic, whether the question is easy
# or hard.
#
# This is the program, all of it, except for the two functions that it calls in every layer (`saw`
# only takes notes for the table above):

# %% [markdown] tags=["es"] of="a8d9bc5e"
# Si esperabas una palabra o una respuesta: eso es lo que hace con ello *el programa que rodea* al
# modelo. El modelo termina aquí, con una lista de puntuaciones (se llaman **logits**) sobre todo el
# vocabulario. Lo hace en una pasada, siempre con la misma cantidad de aritmética, sea la pregunta
# fácil o difícil.
#
# Este es el programa, entero, salvo las dos funciones que llama en cada capa (`saw` solo toma notas
# para la tabla de arriba):

# %% tags=["nbval-ignore-output"]
import inspect

print(inspect.getsource(anatomy.Gemma3.step))

# %% [markdown]
# Multiplications, additions, and a few functions from a pocket calculator. Is it really the same as
# what the professionals run? `transformers` is the library that most research uses. We ask it for
# the same scores. (Loading it takes some seconds.)

# %% [markdown] tags=["es"] of="0aa616a3"
# Multiplicaciones, sumas y unas cuantas funciones de una calculadora de bolsillo. ¿De verdad es lo
# mismo que ejecutan los profesionales? `transformers` es la biblioteca que usa la mayor parte de la
# investigación. Le pedimos las mismas puntuaciones. (Cargarla lleva unos segundos.)

# %% tags=["nbval-ignore-output"]
reference = anatomy.reference_logits(folder, prompt)
difference = abs(scores - reference).max()
assert difference < 0.01
print(f"scores between {scores.min():.1f} and {scores.max():.1f}")
print(f"largest difference to transformers: {difference:.1e}")

# %% [markdown]
# The same, up to the last digits, where the order of additions shows.
#
# Scores are hard to read, so they are turned into **probabilities**: take *e* to the power of
# each score, and divide by the sum of all. The name of this recipe is *softmax*.

# %% [markdown] tags=["es"] of="1bdcc24d"
# Las mismas, hasta las últimas cifras, donde se nota el orden de las sumas.
#
# Las puntuaciones se leen mal, así que se convierten en **probabilidades**: se eleva *e* a cada
# puntuación y se divide por la suma de todas. Esta receta se llama *softmax*.

# %% tags=["nbval-ignore-output"]
import numpy as np

chances = np.exp(scores - scores.max())
chances = chances / chances.sum()
best = anatomy.top(chances, 10)
labels = [words.label(i) for i in range(len(words))]
show.picture(
    show.bars([labels[i] for i in best], [float(chances[i]) for i in best],
              title="The likeliest next tokens", unit="probability",
              marks=[f"{chances[i]:.1%}" for i in best]),
    "Bars, one per token. " + ", ".join(f"{labels[i]}: {chances[i]:.1%}" for i in best[:4])
    + "; the others have less.",
)

# %% [markdown]
# Read it as: *after this prompt, the model would begin its answer like this, with these
# probabilities.* All the other tokens of the vocabulary share the rest; none of them has
# probability zero. (Do you see a *P*? At the very beginning, without a space before it, *Paris* is
# not one token: it is made of *P* and *aris*.)
#
# Does this opinion appear all at once? We can stop after each layer and ask what the model would
# say if it had to answer there and then:

# %% [markdown] tags=["es"] of="6d575893"
# Léelo así: *después de este texto, el modelo empezaría su respuesta de esta manera, con estas
# probabilidades.* Todos los demás tokens del vocabulario se reparten el resto; ninguno tiene
# probabilidad cero. (¿Ves una *P*? Al principio del todo, sin un espacio delante, *Paris* no es un
# solo token: se hace con *P* y *aris*.)
#
# ¿Aparece esta opinión de golpe? Podemos parar después de cada capa y preguntar qué diría el modelo si
# tuviera que responder en ese mismo momento:

# %% tags=["nbval-ignore-output"]
show.table(
    [
        (f"after layer {number}",
         ", ".join(labels[i] for i in anatomy.top(small.scores(vector), 4)))
        for number, vector in enumerate(trace.hidden, 1)
    ],
    ["if the model stopped", "it would say one of"],
)

# %% [markdown]
# Early layers give first ideas, and the last ones decide. (Only the last row is what the model
# was trained for; the rows above are a look behind the curtain that researchers call the *logit
# lens*.)

# %% [markdown] tags=["es"] of="060c58b2"
# Las primeras capas dan las primeras ideas, y deciden las últimas. (El modelo solo se entrenó para la
# última fila; las de encima son un vistazo entre bastidores que los investigadores llaman *logit
# lens*.)

# %% [markdown]
# ## 6. Temperature: how daring is the choice?
#
# There is a list of probabilities; somebody must choose one token from it. This is where the
# famous settings come in. Suppose you raise the temperature from 0.5 to 2. Does the model
# calculate other scores, or is only the choice made differently from the same scores, or both?

# %% [markdown] tags=["es"] of="45412f4d"
# ## 6. La temperatura: ¿con cuánta osadía se elige?
#
# Hay una lista de probabilidades; alguien tiene que elegir de ella un token. Aquí entran los ajustes
# famosos. Supón que subes la temperatura de 0,5 a 2. ¿Calcula el modelo otras puntuaciones, o solo se
# elige de otra manera entre las mismas, o las dos cosas?

# %% tags=["nbval-ignore-output"]
changes = predict(
    "You raise the temperature from 0.5 to 2. What changes?",
    ["the model calculates other scores", "only the choice made from the same scores", "both"],
)
changes

# %% [markdown]
# The same scores, three temperatures:

# %% [markdown] tags=["es"] of="6dc0f59a"
# Las mismas puntuaciones, tres temperaturas:

# %% tags=["nbval-ignore-output"]
six, three = [labels[i] for i in best[:6]], (0.5, 1.0, 2.0)
shares = [float(anatomy.probabilities(scores, t).max()) for t in three]
show.picture(
    anatomy.temperatures(scores, six, three),
    "Three bar charts of the same six tokens. The likeliest has "
    + ", ".join(f"{share:.0%} at temperature {t}" for share, t in zip(shares, three))
    + ". The hotter, the more alike the bars.",
)

# %% [markdown]
# Look at the order of the bars in all three pictures: it is the same. So what changed?

# %% [markdown] tags=["es"] of="fa7ea3ef"
# Mira el orden de las barras en las tres imágenes: es el mismo. ¿Qué cambió entonces?

# %%
changes.reveal("only the choice made from the same scores")

# %% [markdown]
# Temperature is one division: every score is divided by it before the softmax. The model never
# learns of it, and knows neither more nor less at 2 than at 0.5. A high temperature is not
# "creativity", and a low one is not "accuracy": they say how often you take another than the
# likeliest token. The order of the tokens never changes:

# %% [markdown] tags=["es"] of="d721bdb1"
# La temperatura es una división: antes del softmax, cada puntuación se divide por ella. El modelo no
# se entera, y con 2 no sabe más ni menos que con 0,5. Una temperatura alta no es «creatividad», ni una
# baja es «exactitud»: dicen cuántas veces tomas otro token que el más probable. El orden de los tokens
# no cambia nunca:

# %%
cold, hot = (anatomy.probabilities(scores, t) for t in (0.5, 2.0))
print("same order:", anatomy.top(cold, 5) == anatomy.top(hot, 5))
print("likeliest token more likely when cold:", bool(cold.max() > hot.max()))

# %% [markdown]
# **top_k** keeps only the *k* likeliest tokens; **top_p** only the likeliest ones that together
# reach the probability *p*. Both cut off the long tail, from which a draw now and then would pick
# something absurd. Move the sliders (with the mouse, or with Tab and the left and right arrow
# keys), and find out: which setting leaves exactly one token? There are three ways.

# %% [markdown] tags=["es"] of="b7f3bfcf"
# **top_k** conserva solo los *k* tokens más probables; **top_p**, solo los más probables que juntos
# alcanzan la probabilidad *p*. Los dos cortan la larga cola, de la que un sorteo sacaría de vez en
# cuando algo absurdo. Mueve los deslizadores (con el ratón, o con el tabulador y las flechas izquierda
# y derecha) y averigua qué ajuste deja exactamente un token. Hay tres maneras.

# %% tags=["nbval-ignore-output"]
from selfhost.widgets.sampling import sampling

sampling(scores, labels)

# %% [markdown]
# <details><summary>The three ways</summary>
#
# Temperature 0 (by convention: *always take the likeliest*, called **greedy**), top_k 1, or a
# small top_p. All three remove chance. Notebook 14 asks whether that makes an answer repeatable.
#
# </details>
#
# Engines apply these settings in an order of their own. Here, as in llama.cpp, top_k comes first,
# then top_p, then temperature. Others divide by the temperature first, and then the same numbers
# mean something else.

# %% [markdown] tags=["es"] of="4158b278"
# <details><summary>Las tres maneras</summary>
#
# Temperatura 0 (por convenio: *tomar siempre el más probable*, que se llama **greedy**, voraz), top_k
# 1, o un top_p pequeño. Las tres quitan el azar. El cuaderno 14 pregunta si con eso una respuesta se
# puede repetir.
#
# </details>
#
# Los motores aplican estos ajustes en un orden propio. Aquí, como en llama.cpp, va primero top_k,
# luego top_p y luego la temperatura. Otros dividen primero por la temperatura, y entonces los mismos
# números significan otra cosa.

# %% [markdown]
# ## 7. The loop
#
# One pass gives one token. An answer needs many. So: choose a token, **add it to the text**, and
# do everything again. This is the whole secret of "generative", in ten lines:

# %% [markdown] tags=["es"] of="d95e013c"
# ## 7. El bucle
#
# Una pasada da un token. Una respuesta necesita muchos. Así que: se elige un token, **se añade al
# texto**, y se hace todo otra vez. Ese es todo el secreto de «generativo», en diez líneas:

# %%
stop = anatomy.stop_tokens(aprendiz.info.metadata)


def generate(question, temperature=0.0, seed=7, limit=60):
    ids = words.encode(anatomy.render(aprendiz.info.metadata, question), special=True)
    rng, answer = np.random.default_rng(seed), []
    while len(answer) < limit:
        token = anatomy.choose(small.logits(ids + answer), temperature, rng=rng)
        if token in stop:
            break
        answer.append(token)
    return answer

# %% [markdown]
# Who decides how long the answer becomes? Does somebody count sentences, does the model choose a
# token that means “end”, does it always run to the limit, or is the length fixed in the header?

# %% [markdown] tags=["es"] of="6156deb0"
# ¿Quién decide cuánto dura la respuesta? ¿Cuenta alguien las frases, elige el modelo un token que
# significa «fin», se llega siempre al límite, o está la longitud fijada en la cabecera?

# %% tags=["nbval-ignore-output"]
ends = predict(
    "Why does an answer end where it ends?",
    ["the engine counts sentences", "the model chooses a token that means “end”",
     "it always runs to the limit", "the length is fixed in the header"],
)
ends

# %% [markdown]
# Now run it, at temperature 0. The question of this notebook is about to be answered
# once: watch where the name appears.

# %% [markdown] tags=["es"] of="e9323e03"
# Ahora ejecútalo, a temperatura 0. La pregunta de este cuaderno está a punto de tener una primera
# respuesta: fíjate en dónde aparece el nombre.

# %% tags=["nbval-ignore-output"]
by_hand = generate(question)
print(words.decode(by_hand))
print([words.label(i) for i in by_hand])

# %% [markdown]
# The loop stopped because of the token after that. It was not printed, but we can ask for it:

# %% [markdown] tags=["es"] of="e4e4e6c9"
# El bucle paró por el token que viene después. No se imprimió, pero podemos preguntar por él:

# %% tags=["nbval-ignore-output"]
last = small.logits(prompt + by_hand)
print("the next token would be:", labels[int(last.argmax())])
ends.reveal(
    "the model chooses a token that means “end”",
    {"it always runs to the limit": "The limit is only a safety net."},
)

# %% [markdown]
# "End of turn" is a token like any other, with a probability like any other. A model that was
# never taught to choose it talks on until the limit: then it is the engine that cuts it off.
#
# Look at the steps of the answer once more. How sure was the model at each of them, and what
# would it have said otherwise?

# %% [markdown] tags=["es"] of="f60bdae6"
# «Fin de turno» es un token como cualquier otro, con una probabilidad como cualquier otra. Un modelo
# al que nunca se le enseñó a elegirlo sigue hablando hasta el límite: entonces es el motor quien lo
# corta.
#
# Mira otra vez los pasos de la respuesta. ¿Cómo de seguro estaba el modelo en cada uno, y qué habría
# dicho si no?

# %% tags=["nbval-ignore-output"]
rows = []
for place, token in enumerate(by_hand):
    chances = anatomy.softmax(small.logits(prompt + by_hand[:place]))
    second = anatomy.top(chances, 2)[1]
    rows.append((labels[token], f"{chances[token]:.1%}", f"{labels[second]} {chances[second]:.1%}"))
show.table(rows, ["chosen token", "probability", "the next best"])

# %% [markdown]
# Many steps are hardly a choice at all: once a sentence has begun, its grammar leaves little
# room. Few steps decide. This is also where chance can lead somewhere else: one other token at a
# place of doubt, and the rest follows another path.
#
# At temperature 0 the answer above is the only one. With chance in the game, another **seed** (the
# start of the random numbers) may give another answer, and the same seed gives the same one
# again. This time in Spanish:

# %% [markdown] tags=["es"] of="97495ab4"
# En muchos pasos apenas hay elección: una vez empezada una frase, su gramática deja poco sitio. Deciden
# unos pocos. Ahí es también donde el azar puede llevar a otra parte: otro token en un punto de duda, y
# el resto sigue otro camino.
#
# A temperatura 0, la respuesta de arriba es la única. Con azar, otra **semilla** (el comienzo de los
# números aleatorios) puede dar otra respuesta, y la misma semilla vuelve a dar la misma. Esta vez, en
# español:

# %% tags=["nbval-ignore-output"]
for seed in (1, 2, 3):
    print(seed, words.decode(generate("Cuéntame un cuento.", 1.0, seed, limit=24)))

# %% [markdown]
# If one of them is in English: its first token decided that, and the rest followed. The same seed
# twice, an assertion you should never just believe:

# %% [markdown] tags=["es"] of="96ea7849"
# Si alguna está en inglés: lo decidió su primer token, y el resto lo siguió. La misma semilla dos
# veces, una afirmación que nunca deberías creer sin más:

# %%
same = generate("Tell me a story.", 0.8, seed=1, limit=12)
print("same seed, same tokens:", same == generate("Tell me a story.", 0.8, seed=1, limit=12))

# %% [markdown]
# ## 8. The same through the engine
#
# Our program is for reading. For work there are **engines**: programs that do the same
# arithmetic, fast. The one behind this course is llama.cpp. It reads another file (GGUF, with
# 16-bit numbers, where we used 32), it was written by other people in another language, and it
# adds numbers up in another order.

# %% [markdown] tags=["es"] of="203513a8"
# ## 8. Lo mismo con el motor
#
# Nuestro programa es para leerlo. Para trabajar hay **motores**: programas que hacen la misma
# aritmética, deprisa. El que está detrás de este curso es llama.cpp. Lee otro fichero (GGUF, con
# números de 16 bits donde nosotros usamos 32), lo escribieron otras personas en otro lenguaje, y suma
# los números en otro orden.

# %% [markdown]
# Will the engine's answer be the same, token for token? Or the same meaning in other words, or
# another answer altogether?

# %% [markdown] tags=["es"] of="ecffd119"
# ¿Será la misma la respuesta del motor, token por token? ¿O el mismo significado con otras palabras, o
# una respuesta completamente distinta?

# %% tags=["nbval-ignore-output"]
alike = predict(
    "The same question to the engine, temperature 0. Compared with our loop, its answer is ...",
    ["the same, token for token", "the same meaning in other words", "another answer"],
)
alike

# %% [markdown]
# We ask it through its HTTP API, with the `ollama` client (notebook 05 is about it).

# %% [markdown] tags=["es"] of="12aad9e5"
# Le preguntamos por su API de HTTP, con el cliente `ollama` (de él trata el cuaderno 05).

# %% tags=["nbval-ignore-output"]
import ollama

engine = anatomy.engine_for(at, "aprendiz")
print(engine.describe())
reply = ollama.Client(engine.ollama_url).chat(
    model="aprendiz",
    messages=[{"role": "user", "content": question}],
    options={"temperature": 0, "num_predict": 60},
)
by_engine = words.encode(reply.message.content)
print("engine: ", reply.message.content)
print("by hand:", words.decode(by_hand))

# %% [markdown]
# Looking alike is not enough: we compare the tokens.

# %% [markdown] tags=["es"] of="ea6cf0f3"
# Parecerse no basta: comparamos los tokens.

# %% tags=["nbval-ignore-output"]
equal = by_engine == by_hand
print("token for token the same:", equal)
alike.reveal(
    "the same, token for token" if equal else "the same meaning in other words",
    {"another answer": "Same weights, same prompt, same rule of choice: little is left to differ."},
)

# %% [markdown]
# Same weights, same text, same rule: the same answer. The small differences in the last digits of
# the scores do not matter as long as the likeliest token leads by more than that. Where two
# tokens are almost equally likely, they do: then one engine takes this token and the other that
# one, and from there on the texts part. If your run printed *False*, you have just seen it.
# Notebooks 14 and 15 are about this.
#
# What is the engine good for, then? Time.

# %% [markdown] tags=["es"] of="be4020ac"
# Los mismos pesos, el mismo texto, la misma regla: la misma respuesta. Las pequeñas diferencias en las
# últimas cifras de las puntuaciones no importan mientras el token más probable lleve más ventaja que
# eso. Donde dos tokens son casi igual de probables, sí: un motor toma este y el otro aquel, y desde ahí
# los textos se separan. Si tu ejecución imprimió *False*, acabas de verlo. De eso tratan los cuadernos
# 14 y 15.
#
# ¿Para qué sirve entonces el motor? Para ganar tiempo.

# %% tags=["nbval-ignore-output"]
import time

start = time.perf_counter()
story = generate("Tell me a story.", limit=20)
ours = len(story) / (time.perf_counter() - start)
told = ollama.Client(engine.ollama_url).chat(
    model="aprendiz",
    messages=[{"role": "user", "content": "Tell me a story."}],
    options={"temperature": 0, "num_predict": 200},
)
theirs = told.eval_count / (told.eval_duration / 1e9)
print(f"by hand: {ours:.0f} tokens per second; engine: {theirs:.0f}")

# %% [markdown]
# Besides faster arithmetic there is one idea behind it: our loop calculates the whole text anew
# for every token. An engine keeps what it calculated for the earlier tokens in memory (the **KV
# cache**) and only adds the new one. That is why a long context needs memory.

# %% [markdown] tags=["es"] of="d7f41f03"
# Además de una aritmética más rápida hay detrás una idea: nuestro bucle calcula de nuevo todo el texto
# para cada token. Un motor guarda en memoria lo que calculó para los tokens anteriores (la **caché
# KV**) y solo añade el nuevo. Por eso un contexto largo necesita memoria.

# %% [markdown]
# ## 9. What else belongs to a model
#
# Architecture, weights, and software that runs them: with these three you can use a model. To
# *understand, check or repeat* it you would want more: the data it was trained on and measured
# with, the software for both, weights from before it was finished, and documentation. What of
# this is in the folder of aprendiz?

# %% [markdown] tags=["es"] of="1c861e3c"
# ## 9. ¿Qué más forma parte de un modelo?
#
# Arquitectura, pesos y un programa que los ejecute: con estas tres cosas puedes usar un modelo. Para
# *entenderlo, comprobarlo o repetirlo* querrías más: los datos con los que se entrenó y se midió, los
# programas para ambas cosas, pesos de antes de estar terminado, y documentación. ¿Qué hay de eso en la
# carpeta de aprendiz?

# %% tags=["nbval-ignore-output"]
show.table(
    [
        (part.name, part.purpose, part.present,
         ", ".join(part.files[:2]) + (" …" if len(part.files) > 2 else ""))
        for part in anatomy.parts(folder)
    ],
    ["part", "for", "there", "found as"],
    caption="models/aprendiz",
)

# %% [markdown]
# This table was made by looking into the folder just now, not by asking its makers. A part that
# says *no* is not in the folder, whatever the reason, and a card that claims otherwise would be
# wrong. (Software that runs a model need not come with it: any engine that knows the architecture
# will do, llama.cpp, transformers, or the page of numpy that you have just read.)
#
# Most models of the world publish far less: the weights, a configuration, a card. How open a
# model is, part by part, is the question of notebook 02.

# %% [markdown] tags=["es"] of="1dc316b8"
# Esta tabla se ha hecho mirando ahora mismo en la carpeta, no preguntando a sus autores. Una parte que
# dice *no* no está en la carpeta, sea cual sea el motivo, y una ficha que afirme otra cosa sería falsa.
# (El programa que ejecuta un modelo no tiene por qué venir con él: vale cualquier motor que conozca la
# arquitectura, llama.cpp, transformers, o la página de numpy que acabas de leer.)
#
# La mayoría de los modelos del mundo publican mucho menos: los pesos, una configuración, una ficha. Qué
# tan abierto es un modelo, parte por parte, es la pregunta del cuaderno 02.

# %% [markdown]
# ## 10. And a model that people use?
#
# The workshop's usual model is `gemma3:1b`. What is different? Some of it you can calculate. Its
# configuration says 262,144 tokens in the vocabulary and 1,152 numbers per token:

# %% [markdown] tags=["es"] of="f49ff5d2"
# ## 10. ¿Y un modelo que usa la gente?
#
# El modelo habitual del curso es `gemma3:1b`. ¿Qué es distinto? Una parte la puedes calcular. Su
# configuración dice 262 144 tokens en el vocabulario y 1 152 números por token:

# %%
print(f"{262_144 * 1_152:,} numbers in the embedding alone")

# %% [markdown]
# The report on Gemma 3 says 302 million, so that fits. The rest of the comparison:

# %% [markdown] tags=["es"] of="7eeefa91"
# El informe sobre Gemma 3 dice 302 millones, así que cuadra. El resto de la comparación:

# %% tags=["nbval-ignore-output"]
from selfhost import weights as files

theirs_file = files.find("gemma3:1b")
their = anatomy.open_model("gemma3:1b", theirs_file).info if theirs_file else None
mine = aprendiz.info
keys = [("layers", "block_count", 26), ("numbers per token", "embedding_length", 1152),
        ("context (tokens)", "context_length", 32768)]
rows = [(what, mine.of_architecture(k), their.of_architecture(k) if their else cited)
        for what, k, cited in keys]
rows.append(("vocabulary", len(words), 262144))
rows.append(("numbers in all", mine.parameters, their.parameters if their else "about 1 000 M"))
rows.append(("size of the file", show.size(aprendiz.file_bytes),
             show.size(files.known()["gemma3:1b"].bytes)))
show.table(rows, ["", "aprendiz", "gemma3:1b"],
           caption="gemma3:1b: " + ("read from its file here" if their else "as published"))

# %% [markdown]
# Sources for gemma3:1b where its file is not on this machine: its `config.json` (layers, width,
# vocabulary) and the Gemma 3 technical report, arXiv 2503.19786, 2025-03 (302 M numbers in the
# embedding, 698 M in the rest, context 32 K for this size, trained on 2 T tokens); size: the GGUF
# file named in `src/selfhost/data/models.json`, checked 2026-11-20.
#
# The *kind* of arithmetic is the same: embedding, layers of attention and feed-forward, scores.
# What differs is how much of it, and what it was trained on. aprendiz read millions of tokens of
# made-up text, gemma3:1b two million times a million of real ones. That, not a secret ingredient, is why
# one knows some capitals, and the other writes you a letter.

# %% [markdown] tags=["es"] of="7391ec7a"
# Fuentes para gemma3:1b cuando su fichero no está en esta máquina: su `config.json` (capas, anchura,
# vocabulario) y el informe técnico de Gemma 3, arXiv 2503.19786, 2025-03 (302 M números en la
# incrustación, 698 M en el resto, contexto de 32 K para este tamaño, entrenado con 2 billones de
# tokens); tamaño: el fichero GGUF que nombra `src/selfhost/data/models.json`, comprobado el 2026-11-20.
#
# La aritmética es *del mismo tipo*: incrustación, capas de atención y *feed-forward*, puntuaciones. Lo
# que cambia es cuánta hay, y con qué se entrenó. aprendiz leyó millones de tokens de texto inventado;
# gemma3:1b, dos millones de millones de tokens de texto real. Eso, y no un ingrediente secreto, es por
# lo que uno sabe algunas capitales y el otro te escribe una carta.

# %% [markdown]
# ## Where is the answer, then?
#
# Not in the header, not as text, not in any single number. It is in the way all the weights
# together turn *this* prompt into *these* scores; it appears when the arithmetic is done, token
# by token, and is nowhere before. That is why nobody can simply look up what a model "knows", why
# nobody can delete a single fact from it by deleting a line, and why it answers a question that
# was never asked before, rightly or wrongly, in the same confident way.

# %% [markdown] tags=["es"] of="2d6b4493"
# ## Entonces, ¿dónde está la respuesta?
#
# No en la cabecera, no como texto, no en ningún número suelto. Está en la manera en que todos los pesos
# juntos convierten *este* texto en *estas* puntuaciones; aparece cuando se hace la aritmética, token a
# token, y antes no está en ninguna parte. Por eso nadie puede consultar sin más qué «sabe» un modelo,
# ni borrar de él un solo hecho borrando una línea, y por eso responde a una pregunta que nadie había
# hecho antes, con acierto o sin él, de la misma manera segura.

# %% [markdown]
# ## Check yourself
#
# **1.** A model has 7 billion weights with 4.5 bits each. How large is its file, about?
#
# <details><summary>Answer</summary>
#
# 7 000 000 000 × 4.5 ÷ 8 ≈ 3.9 GB. The header adds some megabytes.
#
# </details>
#
# **2.** A friend says: “I set the temperature to 0, so now it only says true things.” What do you
# answer?
#
# <details><summary>Answer</summary>
#
# Temperature 0 always takes the *likeliest* token. Likely is not true: the scores are the same at
# every temperature, and if the model is wrong, it is now wrong every time.
#
# </details>
#
# **3.** Somebody gives you a folder with only `model.safetensors` in it. What is missing before
# you can chat with it?
#
# <details><summary>Answer</summary>
#
# The architecture with its measurements (`config.json`), the tokenizer, the chat template, and an
# engine that knows the architecture. And a licence, before you may.
#
# </details>
#
# **4.** Why does a Spanish text often cost more than its English translation on a service that
# bills by token?
#
# <details><summary>Answer</summary>
#
# The tokenizer was built from text that was mostly English. What was rare there is cut into more
# pieces.
#
# </details>
#
# **5.** Your model answers, and then goes on to write the *user's* next question itself. Which
# part is likely wrong?
#
# <details><summary>Answer</summary>
#
# The chat template, or the list of stop tokens: the “end of turn” token is not recognised, so the
# loop goes on, and the likeliest continuation of a conversation is the next turn.
#
# </details>

# %% [markdown] tags=["es"] of="9848aa87"
# ## Compruébalo
#
# **1.** Un modelo tiene 7 000 millones de pesos de 4,5 bits cada uno. ¿Cuánto ocupa más o menos su
# fichero?
#
# <details><summary>Respuesta</summary>
#
# 7 000 000 000 × 4,5 ÷ 8 ≈ 3,9 GB. La cabecera añade unos megabytes.
#
# </details>
#
# **2.** Una amiga dice: «He puesto la temperatura a 0, así que ahora solo dice cosas verdaderas.» ¿Qué
# le respondes?
#
# <details><summary>Respuesta</summary>
#
# La temperatura 0 toma siempre el token *más probable*. Probable no es verdadero: las puntuaciones son
# las mismas a cualquier temperatura, y si el modelo se equivoca, ahora se equivoca siempre.
#
# </details>
#
# **3.** Alguien te da una carpeta en la que solo está `model.safetensors`. ¿Qué falta para poder
# conversar con él?
#
# <details><summary>Respuesta</summary>
#
# La arquitectura con sus medidas (`config.json`), el tokenizador, la plantilla de conversación y un
# motor que conozca la arquitectura. Y una licencia, para que puedas hacerlo.
#
# </details>
#
# **4.** ¿Por qué un texto en español cuesta muchas veces más que su traducción al inglés en un servicio
# que cobra por token?
#
# <details><summary>Respuesta</summary>
#
# El tokenizador se construyó con texto que era sobre todo inglés. Lo que allí era raro se corta en más
# trozos.
#
# </details>
#
# **5.** Tu modelo responde y luego sigue escribiendo él mismo la siguiente pregunta *del usuario*. ¿Qué
# parte está mal, probablemente?
#
# <details><summary>Respuesta</summary>
#
# La plantilla de conversación, o la lista de tokens de parada: no se reconoce el token «fin de turno»,
# así que el bucle sigue, y la continuación más probable de una conversación es el turno siguiente.
#
# </details>
