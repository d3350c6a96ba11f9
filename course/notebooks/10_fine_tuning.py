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

# %% tags=["nbval-ignore-output"]
import os

from selfhost.endpoint import endpoint

os.environ["SELFHOST_ENGINE"] = "embedded"
at = endpoint("aprendiz")
print(at.describe())

# %% [markdown]
# How long to train (steps, each with a batch of 16 messages), and how many questions to ask per
# measurement:

# %% tags=["parameters"]
STEPS = 180
QUESTIONS = 100

# %% [markdown]
# ## 1. The task
#
# The messages are made by a small grammar, in `selfhost.finetune.task`. What matters in such data is
# not how many there are, but that some are kept apart: the *held-out* messages use wordings that no
# training message has.

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

# %% tags=["nbval-ignore-output"]
from selfhost.widgets.predict import predict

asked = predict("Right answers of the untrained model, rules and two examples in the prompt:",
                ["nearly none", "about a fifth, by chance", "most"])
asked

# %% [markdown]
# Measured through llama.cpp, with and without the explanation, and, before we change anything, the
# model's usual abilities as well: a sample of the four benchmarks that it was made for.

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

# %%
rank = 8
print("W:", 256 * 256, "numbers, A and B:", rank * 256 + 256 * rank)
layer = 0
for out, wide in [(256, 256), (64, 256), (64, 256), (256, 256), (768, 256), (768, 256), (256, 768)]:
    layer += rank * wide + out * rank
print(f"all seven matrices of all six layers: {6 * layer:,} numbers")

# %% [markdown]
# That is 4 % of the model's 5.6 million, and for large models far less than 1 %. Before you train:

# %% tags=["nbval-ignore-output"]
learn = predict("After a minute of training, on wordings that it has never seen:",
                ["still nearly none", "about half", "more than 80 %"])
learn

# %% [markdown]
# Train. The loss counts only the answers, not the questions. (180 steps are about 45 seconds of one
# processor core, and longer if the machine is busy.)

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

# %% tags=["nbval-ignore-output"]
from selfhost import show

show.table([(file.name, show.size(file.stat().st_size)) for file in sorted(folder.iterdir())],
           ["file", "size"], caption=f"the base's weights: {show.size(base.stat().st_size)}")

# %% [markdown]
# ## 3. Into llama.cpp, beside the base
#
# Our engine reads GGUF, so the adapter has to become one. It is the same matrices under llama.cpp's
# names, and a header that says "I am an adapter":

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

# %% tags=["nbval-ignore-output"]
import ollama

client = ollama.Client(host=at.ollama_url)
digest = client.create_blob(gguf)
client.create(model="aprendiz:tuned", from_="aprendiz", adapters={"adapter.gguf": digest})
print([m.model for m in client.list().models if m.model.startswith("aprendiz")])

# %% [markdown]
# The same message to both:

# %% tags=["nbval-ignore-output"]
ask = [{"role": "user", "content": "Help desk: Nobody in the library has Wi-Fi. Please come now!"}]
for name in ("aprendiz", "aprendiz:tuned"):
    reply = client.chat(name, ask, options={"temperature": 0, "num_predict": 30})
    print(f"{name}: {reply.message.content}")

# %% [markdown]
# ## 4. What was learnt, and what was forgotten?
#
# On the held-out messages, and again on everything the model could do before. A guess about the latter?

# %% tags=["nbval-ignore-output"]
forgot = predict("The general benchmarks (sums, capitals, multiple choice, questions), after training:",
                 ["the same as before", "somewhat worse", "lost almost completely"])
forgot

# %% [markdown]
# Measured with the adapter on the base, exactly as before:

# %% tags=["nbval-ignore-output"]
with evaluate.opened(base, gguf) as model:
    after, answers = evaluate.task_score(model, messages)
    general_after = evaluate.general_scores(model, QUESTIONS // 4)
truth = "still nearly none" if after < 0.1 else "more than 80 %" if after > 0.8 else "about half"
learn.reveal(truth)

# %% [markdown]
# As a picture, the new task first:

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

# %% tags=["nbval-ignore-output"]
small = merge.rewrite(merged, folder.parent / "aprendiz-help-desk-Q8_0.gguf", kind="Q8_0")
with evaluate.opened(small) as model:
    print(f"8 bits: {evaluate.task_score(model, messages)[0]:.0%} right, {show.size(small.stat().st_size)}")

# %% [markdown]
# ## 7. The family tree
#
# Five files by now. On the hub, a model's page shows a tree: base, adapters, merges, quantizations. It
# is drawn from what the files and cards say about themselves. So can we:

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
