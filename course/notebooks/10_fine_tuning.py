# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
#   kit:
#     title: Fine-tuning and adapters
#     minutes: 50
#     objectives:
#       - teach a model a task that it cannot do, and measure it on messages it has not seen
#       - say what LoRA trains, and compare it with training everything
#       - measure what was forgotten meanwhile
#       - serve the adapter beside its base, and merge the two
#       - read a model's tree from its files, and derive the licence of the result
#     needs: [endpoint]
#     next: 11_speech_to_text
#     es:
#       title: Ajuste fino y adaptadores
#       objectives:
#         - enseñar a un modelo una tarea que no sabe hacer, y medirla en mensajes que no ha visto
#         - decir qué entrena LoRA, y compararlo con entrenarlo todo
#         - medir lo que se olvidó mientras tanto
#         - servir el adaptador junto a su base, y fundir los dos
#         - leer el árbol de un modelo en sus ficheros, y derivar la licencia del resultado
# ---

# %% [markdown]
# **Can it learn something that it cannot do?** Your faculty's help desk gets messages all day. Each
# should go to a queue (network, printer, account, software, building), marked as urgent or not. The
# messages name people and rooms, so they may not leave the house. A model of your own should sort them,
# and the one you have fails at it completely. In this notebook it learns to, in about a minute, on this
# processor; and then you find out what that minute has cost.
#
# Trained is the course's own small model (5.6 million parameters, complete with training data), so the
# lesson uses the kit's own endpoint, whatever else runs on your machine.

# %% [markdown] tags=["es"] of="2dd51e8a"
# **¿Puede aprender algo que no sabe hacer?** El servicio de ayuda informática de tu facultad recibe
# mensajes todo el día. Cada uno debería ir a una cola (red, impresora, cuenta, programas, edificio),
# marcado como urgente o no. Los mensajes nombran personas y aulas, así que no pueden salir de la
# facultad. Debería clasificarlos un modelo propio, y el que tienes no lo consigue en absoluto. En este
# cuaderno aprende a hacerlo, en cosa de un minuto y en este procesador; y después averiguas qué ha
# costado ese minuto.
#
# Se entrena el modelo pequeño del propio curso (5,6 millones de parámetros, con todos sus datos de
# entrenamiento), así que la lección usa el endpoint del kit, funcione lo que funcione además en tu
# máquina.

# %% tags=["nbval-ignore-output"]
import os

from selfhost.endpoint import endpoint

os.environ["SELFHOST_ENGINE"] = "embedded"
at = endpoint("aprendiz")
print(at.describe())

# %% [markdown]
# How long to train (steps, each with a batch of 16 messages), and how many questions to ask per
# measurement:

# %% [markdown] tags=["es"] of="6f83442c"
# Cuánto se entrena (`STEPS`: pasos, cada uno con un lote de 16 mensajes), y cuántas preguntas se hacen
# en cada medida (`QUESTIONS`):

# %% tags=["parameters"]
STEPS = 180
QUESTIONS = 100

# %% [markdown]
# ## 1. The task
#
# The messages are made by a small grammar, in `selfhost.finetune.task`. What matters in such data is
# not how many there are, but that some are kept apart: the *held-out* messages use wordings that no
# training message has.

# %% [markdown] tags=["es"] of="7657c05b"
# ## 1. La tarea
#
# Los mensajes los hace una gramática pequeña, en `selfhost.finetune.task`. Lo que importa en datos así
# no es cuántos hay, sino que unos cuantos se aparten: los mensajes *reservados* (*held out*) usan
# formulaciones que no tiene ningún mensaje de entrenamiento. Tras la flecha está la respuesta correcta:
# la cola (*network*, *printer*, *account*, *software*, *building*), y si es urgente (*urgent*) o puede
# esperar (*can wait*).

# %%
from selfhost.finetune import task

for item in task.training(4):
    print("train:", item.message, "→", item.answer)
messages = task.held_out(100)
for item in messages[:3]:
    print("held out:", item.message, "→", item.answer)

# %% [markdown]
# Always try the cheap thing first: *ask* for it, with the rules explained and two examples. Nobody
# needs to train a model for what a prompt can do. How many will it get right?

# %% [markdown] tags=["es"] of="e5d049ce"
# Prueba siempre primero lo barato: *pídeselo*, con las reglas explicadas y dos ejemplos. Nadie necesita
# entrenar un modelo para lo que puede hacer un prompt. ¿Cuántos acertará: casi ninguno, más o menos una
# quinta parte (por azar), o la mayoría?

# %% tags=["nbval-ignore-output"]
from selfhost.widgets.predict import predict

asked = predict("Right answers of the untrained model, rules and two examples in the prompt:",
                ["nearly none", "about a fifth, by chance", "most"])
asked

# %% [markdown]
# Measured through llama.cpp, with and without the explanation, and, before we change anything, the
# model's usual abilities as well: a sample of the four benchmarks that it was made for.

# %% [markdown] tags=["es"] of="fd378900"
# Medido con llama.cpp, con la explicación y sin ella; y, antes de cambiar nada, también las capacidades
# habituales del modelo: una muestra de los cuatro benchmarks para los que se hizo.

# %% tags=["nbval-ignore-output"]
from selfhost import weights
from selfhost.finetune import evaluate

base = weights.find("aprendiz")
messages = messages[:QUESTIONS]
with evaluate.opened(base) as model:
    explained, texts = evaluate.task_score(model, messages, prompt=task.EXPLAINED)
    short, _ = evaluate.task_score(model, messages)
    general = evaluate.general_scores(model, QUESTIONS // 4)
print(f"explained: {explained:.0%} right, not explained: {short:.0%} right")
print("one of its answers:", texts[0])
asked.reveal("nearly none" if explained < 0.1 else "about a fifth, by chance" if explained < 0.5 else "most",
             {"about a fifth, by chance": "It does not even keep to the form of the answer."})

# %% [markdown]
# A model of this size cannot follow instructions that it has never seen. (A larger one could; then
# stop here and use the prompt.)
#
# ## 2. What LoRA trains
#
# Training changes numbers. *Full* fine-tuning changes all of them. **LoRA** (low-rank adaptation) leaves
# the model alone and adds, beside a matrix W, two thin ones: the model then computes with
# W + (α/r)·B·A. For one matrix of 256 × 256 and rank r = 8:

# %% [markdown] tags=["es"] of="54678798"
# Un modelo de este tamaño no puede seguir instrucciones que no ha visto nunca. (Uno mayor sí podría;
# entonces quédate aquí y usa el prompt.)
#
# ## 2. Qué entrena LoRA
#
# Entrenar cambia números. El ajuste fino *completo* (*full*) los cambia todos. **LoRA** (*low-rank
# adaptation*, adaptación de rango bajo) deja el modelo en paz y añade, junto a una matriz W, dos
# delgadas: el modelo calcula entonces con W + (α/r)·B·A. Para una matriz de 256 × 256 y rango r = 8:

# %%
rank = 8
print("W:", 256 * 256, "numbers, A and B:", rank * 256 + 256 * rank)
layer = 0
for out, wide in [(256, 256), (64, 256), (64, 256), (256, 256), (768, 256), (768, 256), (256, 768)]:
    layer += rank * wide + out * rank
print(f"all seven matrices of all six layers: {6 * layer:,} numbers")

# %% [markdown]
# That is 4 % of the model's 5.6 million, and for large models far less than 1 %. Before you train:

# %% [markdown] tags=["es"] of="c57f9c13"
# Es un 4 % de los 5,6 millones del modelo, y en modelos grandes mucho menos de un 1 %. Antes de
# entrenar, apuesta: tras un minuto de entrenamiento, ¿acertará con formulaciones que no ha visto nunca
# casi ninguno, la mitad, o más del 80 %?

# %% tags=["nbval-ignore-output"]
learn = predict("After a minute of training, on wordings that it has never seen:",
                ["still nearly none", "about half", "more than 80 %"])
learn

# %% [markdown]
# Train. The loss counts only the answers, not the questions. (180 steps are about 45 seconds of one
# processor core, and longer if the machine is busy.)

# %% [markdown] tags=["es"] of="70ea699e"
# Entrena. La pérdida (*loss*) cuenta solo las respuestas, no las preguntas. (180 pasos son unos 45
# segundos de un núcleo del procesador, y más si la máquina está ocupada.)

# %% tags=["nbval-ignore-output"]
from selfhost.finetune import train
from selfhost.paths import run_dir


def say(step, steps, loss):
    if step % 20 == 0:
        print(f"step {step} of {steps}: loss {loss:.3f}")


folder = run_dir() / "lesson10" / "aprendiz-help-desk-lora"
tuned = train.lora(folder, train.Settings(steps=STEPS), progress=say)
print(f"{tuned.seconds:.0f} s, {tuned.trainable:,} of {tuned.parameters:,} numbers were trained")

# %% [markdown]
# What came out is a folder with two files that matter: the matrices, and a note on which model they
# belong to. They are small, which is why people share adapters.

# %% [markdown] tags=["es"] of="fd274fe4"
# Lo que ha salido es una carpeta con dos ficheros que importan: las matrices, y una nota sobre el modelo
# al que pertenecen. Son pequeños; por eso la gente comparte adaptadores.

# %% tags=["nbval-ignore-output"]
from selfhost import show

show.table([(file.name, show.size(file.stat().st_size)) for file in sorted(folder.iterdir())],
           ["file", "size"], caption=f"the base's weights: {show.size(base.stat().st_size)}")

# %% [markdown]
# ## 3. Into llama.cpp, beside the base
#
# Our engine reads GGUF, so the adapter has to become one. It is the same matrices under llama.cpp's
# names, and a header that says "I am an adapter":

# %% [markdown] tags=["es"] of="86e4d956"
# ## 3. A llama.cpp, junto a la base
#
# Nuestro motor lee GGUF, así que el adaptador tiene que convertirse a ese formato. Son las mismas
# matrices con los nombres de llama.cpp, y una cabecera que dice «soy un adaptador»:

# %% tags=["nbval-ignore-output"]
from selfhost.finetune import adapter

gguf = adapter.to_gguf(folder, folder.parent / "adapter.gguf")
header = weights.read_gguf(gguf)
for key in ("general.type", "adapter.type", "adapter.lora.alpha", "general.base_model.0.name"):
    print(key, "=", header.metadata[key])
print(header.tensors[0].name, header.tensors[0].shape, "and", len(header.tensors) - 1, "more")

# %% [markdown]
# Now serve it. As with Ollama, `create` makes a model from a base and an adapter (in a Modelfile: `FROM
# aprendiz` and `ADAPTER ./adapter.gguf`). The base stays as it is; both are in the list.

# %% [markdown] tags=["es"] of="4fe9fb5c"
# Ahora sírvelo. Como en Ollama, `create` hace un modelo de una base y un adaptador (en un Modelfile:
# `FROM aprendiz` y `ADAPTER ./adapter.gguf`). La base se queda como está; los dos aparecen en la lista.

# %% tags=["nbval-ignore-output"]
import ollama

client = ollama.Client(host=at.ollama_url)
digest = client.create_blob(gguf)
client.create(model="aprendiz:tuned", from_="aprendiz", adapters={"adapter.gguf": digest})
print([m.model for m in client.list().models if m.model.startswith("aprendiz")])

# %% [markdown]
# The same message to both:

# %% [markdown] tags=["es"] of="a509a6d6"
# El mismo mensaje a los dos: «Servicio de ayuda: nadie en la biblioteca tiene wifi. ¡Vengan ya, por
# favor!»

# %% tags=["nbval-ignore-output"]
ask = [{"role": "user", "content": "Help desk: Nobody in the library has Wi-Fi. Please come now!"}]
for name in ("aprendiz", "aprendiz:tuned"):
    reply = client.chat(name, ask, options={"temperature": 0, "num_predict": 30})
    print(f"{name}: {reply.message.content}")

# %% [markdown]
# ## 4. What was learnt, and what was forgotten?
#
# On the held-out messages, and again on everything the model could do before. A guess about the latter?

# %% [markdown] tags=["es"] of="b7d27a3b"
# ## 4. ¿Qué se aprendió, y qué se olvidó?
#
# Con los mensajes reservados, y otra vez con todo lo que el modelo sabía hacer antes. ¿Una apuesta sobre
# esto último: igual que antes, algo peor, o perdido casi del todo?

# %% tags=["nbval-ignore-output"]
forgot = predict("The general benchmarks (sums, capitals, multiple choice, questions), after training:",
                 ["the same as before", "somewhat worse", "lost almost completely"])
forgot

# %% [markdown]
# Measured with the adapter on the base, exactly as before:

# %% [markdown] tags=["es"] of="d548e30d"
# Medido con el adaptador sobre la base, exactamente como antes:

# %% tags=["nbval-ignore-output"]
with evaluate.opened(base, gguf) as model:
    after, answers = evaluate.task_score(model, messages)
    general_after = evaluate.general_scores(model, QUESTIONS // 4)
truth = "still nearly none" if after < 0.1 else "more than 80 %" if after > 0.8 else "about half"
learn.reveal(truth)

# %% [markdown]
# As a picture, the new task first:

# %% [markdown] tags=["es"] of="1d626c5e"
# En una imagen, primero la tarea nueva:

# %% tags=["nbval-ignore-output"]
from selfhost.finetune import pictures

before_all, after_all = {"help desk": short, **general}, {"help desk": after, **general_after}
show.picture(
    pictures.before_after(before_all, after_all),
    "; ".join(f"{name}: {before_all[name]:.0%} before, {after_all[name]:.0%} after" for name in after_all),
)
mean, mean_after = (sum(s.values()) / len(s) for s in (general, general_after))
lost = 1 - mean_after / mean
forgot.reveal("the same as before" if lost < 0.05 else "somewhat worse" if lost < 0.7
              else "lost almost completely")

# %% [markdown]
# This is **forgetting**, and nobody sees it who measures only the new task. The adapter was trained on
# one kind of answer, so it pushes all questions towards it, some over the edge and some not:

# %% [markdown] tags=["es"] of="07101629"
# Esto es el **olvido**, y no lo ve nadie que mida solo la tarea nueva. El adaptador se entrenó con una
# sola clase de respuestas, así que empuja hacia ella todas las preguntas, unas hasta caer y otras no:

# %% tags=["nbval-ignore-output"]
for question in ("What is the capital of Portugal?", "Tell me a story."):
    reply = client.chat("aprendiz:tuned", [{"role": "user", "content": question}],
                        options={"temperature": 0, "num_predict": 30})
    print(question, "→", reply.message.content)

# %% [markdown]
# Against forgetting there are three remedies. **Rehearse:** mix in examples of the old abilities. Let the base
# answer 60 other questions and train with its own answers among the messages. Measured in the same way
# (2026-11-21; 45 s of one core): help desk 100 %, sums 80 %, capitals 72 %, multiple choice 68 %,
# questions 60 %. Try it, in a terminal: `selfhost finetune train my-adapter --rehearse`. **Keep them
# apart:** use the adapter only for its task, which is what we have done: `aprendiz` beside it answers as
# ever. And llama.cpp has **a dial**: the adapter can be added with a *scale* between 0 (base) and 1 (tuned), even
# differently for each request.

# %% [markdown] tags=["es"] of="f882f6ae"
# Contra el olvido hay tres remedios. **Repasar:** mezcla ejemplos de las capacidades antiguas. Deja que
# la base responda a otras 60 preguntas y entrena con sus propias respuestas entre los mensajes. Medido
# de la misma manera (2026-11-21; 45 s de un núcleo): servicio de ayuda 100 %, sumas 80 %, capitales
# 72 %, opción múltiple 68 %, preguntas 60 %. Pruébalo, en un terminal:
# `selfhost finetune train my-adapter --rehearse`. **Separar:** usa el adaptador solo para su tarea, que
# es lo que hemos hecho: a su lado, `aprendiz` responde como siempre. Y llama.cpp tiene **un mando**: el
# adaptador se puede sumar con una *escala* entre 0 (la base) y 1 (el modelo ajustado), incluso distinta
# para cada petición.

# %% tags=["nbval-ignore-output"]
scales = (0.0, 0.25, 0.5, 0.75, 1.0)
with evaluate.opened(base, gguf) as model:
    on_task = [evaluate.task_score(model, messages[:40], scale=s)[0] for s in scales]
    rest = [list(evaluate.general_scores(model, 8, scale=s).values()) for s in scales]
general_mean = [sum(row) / len(row) for row in rest]
show.picture(
    pictures.dial(scales, on_task, general_mean),
    "; ".join(f"scale {s}: help desk {a:.0%}, general {b:.0%}"
              for s, a, b in zip(scales, on_task, general_mean, strict=True)),
)

# %% [markdown]
# ## 5. LoRA against training everything
#
# The same data and batches, all 5.6 million numbers. (A third of the steps, to save your time; the
# seconds are given per step.)

# %% [markdown] tags=["es"] of="7eecafc9"
# ## 5. LoRA frente a entrenarlo todo
#
# Los mismos datos y los mismos lotes, con los 5,6 millones de números. (Un tercio de los pasos, para no
# gastar tu tiempo; los segundos se dan por paso.)

# %% tags=["nbval-ignore-output"]
full = train.full(train.Settings(steps=max(1, STEPS // 3)))
show.table(
    [(run.kind, f"{run.trainable:,}", f"{run.share:.1%}", show.size(run.weight_bytes),
      show.size(run.training_bytes), f"{run.seconds / run.steps:.2f} s")
     for run in (tuned, full)],
    ["", "trained", "of all", "weights (float32)", "gradients and optimizer", "per step"],
)

# %% [markdown]
# The loss of both:

# %% [markdown] tags=["es"] of="b59089b0"
# La pérdida de los dos:

# %% tags=["nbval-ignore-output"]
show.picture(
    pictures.losses({"LoRA": tuned.losses, "full": full.losses}),
    f"Loss after {full.steps} steps: LoRA {tuned.losses[full.steps - 1]:.3f}, full "
    f"{full.losses[-1]:.3f}; LoRA ends at {tuned.losses[-1]:.3f}.",
)

# %% [markdown]
# Full training learns in fewer steps here and costs about the same time per step: forward and backward
# through all layers are needed in both cases. What LoRA saves is **memory for training** (gradients and
# the optimizer's two numbers per weight) and **storage** (a small file per task, one base for all). On
# a small model that hardly matters. On a large one it decides. For `gemma3:1b`, by arithmetic:

# %% [markdown] tags=["es"] of="2c484e95"
# El entrenamiento completo aprende aquí en menos pasos y cuesta más o menos el mismo tiempo por paso: en
# los dos casos hay que recorrer todas las capas hacia delante y hacia atrás. Lo que LoRA ahorra es
# **memoria al entrenar** (los gradientes y los dos números por peso del optimizador) y **sitio en el
# disco** (un fichero pequeño por tarea, una base para todas). En un modelo pequeño apenas importa. En
# uno grande es lo que decide. Para `gemma3:1b`, haciendo las cuentas:

# %%
from selfhost import sizing

gemma = sizing.published_shapes()["gemma3:1b"]
h, f, q, kv = gemma.hidden, gemma.ffn, gemma.heads * gemma.head_dim, gemma.head_dim
sides = [(q, h), (kv, h), (kv, h), (h, q), (f, h), (f, h), (h, f)]
adapted = gemma.layers * sum(rank * (a + b) for a, b in sides)
for name, trained in (("full", gemma.parameters), ("LoRA, rank 8", adapted)):
    state = 3 * 4 * trained  # a gradient and AdamW's two numbers, float32
    print(f"{name}: {trained:,} trained, {(4 * gemma.parameters + state) / 1e9:.1f} GB in float32")

# %% [markdown]
# (Activations come on top in both cases.)
#
# ## 6. Merge
#
# If you always want the tuned model, add B·A to W once and for all: one file, no adapter, nothing extra
# to compute. Is it the same model?

# %% [markdown] tags=["es"] of="db35efc7"
# (En los dos casos hay que añadir las activaciones.)
#
# ## 6. Fusión
#
# Si quieres siempre el modelo ajustado, suma B·A a W de una vez por todas: un fichero, ningún adaptador,
# ningún cálculo de más. ¿Es el mismo modelo?

# %% tags=["nbval-ignore-output"]
from selfhost.finetune import merge

merged = merge.merge(base, gguf, folder.parent / "aprendiz-help-desk-F16.gguf")
prompts = [f"<start_of_turn>user\n{item.chat()[0]['content']}<end_of_turn>\n<start_of_turn>model\n"
           for item in messages[:10]]
with evaluate.opened(base, gguf) as on_base, evaluate.opened(merged) as one_file:
    apart = evaluate.largest_difference(on_base, one_file, prompts)
    same, _ = evaluate.task_score(one_file, messages)
print(f"largest difference of a probability: {apart:.4f}")
print(f"right answers: adapter on base {after:.0%}, merged {same:.0%}")

# %% [markdown]
# The same up to rounding: the merged weights were rounded to float16, the adapter's were not. Then
# quantize it like any model (notebook 09); here to 8 bits, with the `gguf` library:

# %% [markdown] tags=["es"] of="1c42bff4"
# El mismo, salvo el redondeo: los pesos de la fusión se redondearon a float16, los del adaptador no.
# Luego se cuantiza como cualquier modelo (cuaderno 09); aquí a 8 bits, con la biblioteca `gguf`:

# %% tags=["nbval-ignore-output"]
small = merge.rewrite(merged, folder.parent / "aprendiz-help-desk-Q8_0.gguf", kind="Q8_0")
with evaluate.opened(small) as model:
    print(f"8 bits: {evaluate.task_score(model, messages)[0]:.0%} right, {show.size(small.stat().st_size)}")

# %% [markdown]
# ## 7. The family tree
#
# Six files and folders by now. On the hub, a model's page shows a tree: base, adapters, merges, quantizations. It
# is drawn from what the files and cards say about themselves. So can we:

# %% [markdown] tags=["es"] of="5fca034f"
# ## 7. El árbol de familia
#
# Ya son seis, entre ficheros y carpetas. En el *hub*, la página de un modelo muestra un árbol: base, adaptadores,
# fusiones, cuantizaciones. Se dibuja con lo que los ficheros y las fichas dicen de sí mismos. También lo
# podemos hacer aquí:

# %% tags=["nbval-ignore-output"]
from selfhost.finetune import tree

files = [train.base_folder(), base, folder, gguf, merged, small]
nodes = tree.tree(files)
print("\n".join(tree.lines(nodes)))
show.picture(
    tree.draw(nodes),
    "A tree from left to right: "
    + "; ".join(f"{n.name}: {n.relation} of {n.parent or 'nothing'}" for n in nodes),
)

# %% [markdown]
# Look at what it is drawn from, in brackets: a name in a header, a line in a card. **Nobody checks
# these.** A file without such a line has no parents on the hub, and a wrong line makes a false family.
#
# ## 8. Whose licence?
#
# The result was made from three parts: the base's weights, the training texts, and your training. By
# the rules of notebook 02, what is made from several parts must respect all of their licences at once
# (AND):

# %% [markdown] tags=["es"] of="d4c3df1a"
# Mira con qué se dibuja, entre corchetes: un nombre en una cabecera, una línea en una ficha. **Nadie lo
# comprueba.** Un fichero sin una línea así no tiene padres en el *hub*, y una línea equivocada hace una
# familia falsa.
#
# ## 8. ¿De quién es la licencia?
#
# El resultado se hizo con tres partes: los pesos de la base, los textos de entrenamiento y tu
# entrenamiento. Según las reglas del cuaderno 02, lo que se hace con varias partes tiene que respetar
# todas sus licencias a la vez (AND):

# %%
from selfhost.openness import licences

for base_licence in ("Apache-2.0", "LicenseRef-gemma", "LicenseRef-llama-3.2"):
    parts = f"{base_licence} AND CC0-1.0 AND Apache-2.0"
    found = licences.terms(parts)
    verdict = "open" if found.open else "not open"
    print(f"{base_licence} + texts CC0-1.0 + training Apache-2.0: {verdict}; use: {found.use}, share: {found.share}")

# %% [markdown]
# An adapter on `gemma3:1b` inherits Gemma's terms, however free your own part is; one on Llama 3.2
# must also carry "Llama" in front of its name (its licence, section 1.b.i, 2024-09). Our own is open, since all its parts are. Note what the rule does
# not say: an adapter *file* holds none of the base's numbers. Whether it is a derived work is a question
# for lawyers; read how the terms of your base define a derivative before you publish one.
#
# Clean up: the model that we created goes, the files stay in the folder of this lesson.

# %% [markdown] tags=["es"] of="1d7460f6"
# Un adaptador sobre `gemma3:1b` hereda las condiciones de Gemma, por libre que sea tu propia parte; uno
# sobre Llama 3.2 tiene que llevar además «Llama» al principio de su nombre (su licencia, apartado 1.b.i,
# 2024-09). El nuestro es abierto, porque lo son todas sus partes. Fíjate en lo que la regla no dice: el
# *fichero* de un adaptador no contiene ninguno de los números de la base. Si es una obra derivada es
# cuestión para juristas; lee cómo definen un derivado las condiciones de tu base antes de publicar uno.
#
# Recoge: el modelo que hemos creado se va, los ficheros se quedan en la carpeta de esta lección.

# %% tags=["nbval-ignore-output"]
client.delete("aprendiz:tuned")
print([m.model for m in client.list().models if m.model.startswith("aprendiz")])

# %% [markdown]
# ## Check yourself
#
# **Your tuned model has 98 % on the training messages and 55 % on the held-out ones. What happened, and
# what do you do?**
#
# <details><summary>Answer</summary>
#
# It has learnt the sentences by heart and not the task. More *different* wordings help more than more
# steps; and report the 55 %, not the 98.
# </details>
#
# **Why does LoRA not make a training step much faster?**
#
# <details><summary>Answer</summary>
#
# The gradient still has to flow through all layers. Saved are the gradients and the optimizer's state of
# the frozen weights: memory, not arithmetic.
# </details>
#
# **Thirty groups of your university each want a tuned model. Merge or adapters?**
#
# <details><summary>Answer</summary>
#
# Adapters: one base in memory and thirty small files, chosen per request. Merging makes thirty whole
# models.
# </details>
#
# **You tune a model on the outputs of a proprietary API. Is the result yours?**
#
# <details><summary>Answer</summary>
#
# Read the API's terms: many forbid to train models with their outputs. The data are one of the parts
# whose licences count together.
# </details>

# %% [markdown] tags=["es"] of="84b12ef6"
# ## Compruébalo
#
# **Tu modelo ajustado acierta el 98 % de los mensajes de entrenamiento y el 55 % de los reservados. ¿Qué
# ha pasado, y qué haces?**
#
# <details><summary>Respuesta</summary>
#
# Se ha aprendido de memoria las frases y no la tarea. Más formulaciones *distintas* ayudan más que más
# pasos; e informa del 55 %, no del 98.
# </details>
#
# **¿Por qué LoRA no hace mucho más rápido un paso de entrenamiento?**
#
# <details><summary>Respuesta</summary>
#
# El gradiente tiene que atravesar igualmente todas las capas. Se ahorran los gradientes y el estado del
# optimizador de los pesos congelados: memoria, no aritmética.
# </details>
#
# **Treinta grupos de tu universidad quieren cada uno un modelo ajustado. ¿Fusión o adaptadores?**
#
# <details><summary>Respuesta</summary>
#
# Adaptadores: una base en memoria y treinta ficheros pequeños, que se eligen en cada petición. La fusión
# hace treinta modelos enteros.
# </details>
#
# **Ajustas un modelo con las salidas de una API propietaria. ¿Es tuyo el resultado?**
#
# <details><summary>Respuesta</summary>
#
# Lee las condiciones de la API: muchas prohíben entrenar modelos con sus salidas. Los datos son una de
# las partes cuyas licencias cuentan juntas.
# </details>
