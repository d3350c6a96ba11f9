# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
#   kit:
#     title: What is in a generative model
#     minutes: 60
#     objectives:
#       - open a model file, and say what is in it and what is not
#       - explain what a token is, and count the tokens of a text
#       - follow one question through the model, up to a probability for every possible next token
#       - say what temperature, top_k and top_p change, and what they leave alone
#       - write the loop that makes an answer, and list what a complete release holds besides
#     needs: [endpoint]
#     next: 02_openness_spectrum
# ---

# %% [markdown]
# **Where is the answer?** Ask a language model for the capital of France, and it says something
# about Paris. The model is a file on your disk. So the answer must be in that file; but where?
# We open the file, look for it, do the model's arithmetic ourselves, and do not stop before we
# have found it.
#
# First, the model that answers in this notebook. It says its name, and you should always want to
# know it.

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

# %%
with path.open("rb") as file:
    print(file.read(4))

# %% [markdown]
# After these four letters comes a **header**: facts about the model, and the list of the tokens
# that it knows. After the header come the **weights**. How large is each?

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

# %% tags=["nbval-ignore-output"]
for text in ["The capital of France is Paris", "capital of France", "Paris"]:
    print(f"found {anatomy.occurrences(path, text)} times: {text}")

# %% [markdown]
# The sentence is not there. If the name is there at all, then once or a few times, and soon you
# will see where: in the vocabulary, among thousands of other pieces of text, next to nothing that
# has to do with France. *Having learnt* something and *having stored* it as text are two
# different things.

# %% [markdown]
# ## 2. The header: which arithmetic to do
#
# The weights alone are useless: somebody must know what to do with them. That is the
# **architecture**, and the header names it, with its measurements.

# %% tags=["nbval-ignore-output"]
show.table(anatomy.facts(model), ["in the header", "value", "what it means"])

# %% [markdown]
# An engine reads `general.architecture` first. It must have that architecture built in: this is
# why a brand-new model sometimes needs a newer engine, although "it is only a file". Here is the
# same information as a drawing. Keep it in mind; the rest of this notebook walks along it from
# left to right.

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

# %% tags=["nbval-ignore-output"]
groups = anatomy.groups(model)
biggest = predict(
    "Which part of the drawing holds the most numbers?",
    [group.name for group in groups],
)
biggest

# %% [markdown]
# We count, and draw.

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
# your laptop, and why people **quantize**: fewer bits, smaller file (notebooks on sizing and
# quantization come back to it).
#
# And what do these numbers look like? Here are a few from the first layer.

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

# %% [markdown]
# ## 4. From text to tokens
#
# A model works with numbers, so text must become numbers first. It is cut into **tokens**, and
# each token has a number, its id. The vocabulary in the header says how to cut.

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

# %% tags=["nbval-ignore-output"]
for step in tokenizer.steps("unbelievable"):
    print(" | ".join(step))

# %% [markdown]
# Now a bet between two languages: which needs more tokens, “Why is the sky blue during the day?” or
# “¿Por qué el cielo es azul durante el día?”

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

# %%
for text in texts.values():
    assert tokenizer.decode(tokenizer.encode(text)) == text
print("all", len(texts), "texts come back unchanged")

# %% [markdown]
# Try your own: your name, a line of code, a word in another language, two spaces instead of one.

# %% tags=["nbval-ignore-output"]
from selfhost.widgets.tokens import tokens

tokens(tokenizer, "¡Hola! My name is Iñigo Montoya, and I count tokens: 1, 2, 3.")

# %% [markdown]
# ### A conversation is one long text
#
# You type a question, yet the model only ever continues a text. What tells it that a question
# was asked, and that it is its turn? The **chat template** in the header, which turns a
# conversation into one text:

# %% tags=["nbval-ignore-output"]
question = "What is the capital of France?"
prompt = anatomy.render(spoken.info.metadata, question)
print(prompt)

# %% [markdown]
# The signs in angle brackets are **control tokens**: one token each, which no ordinary text can
# produce. If you type `<end_of_turn>` yourself, you get letters:

# %% tags=["nbval-ignore-output"]
sign = "<end_of_turn>"
print("in the template:", len(tokenizer.encode(sign, special=True)), "token(s)")
print("typed by a user:", len(tokenizer.encode(sign)), "token(s)")

# %% [markdown]
# That is a safety feature: otherwise you could end your own turn and put words into the model's
# mouth. Each family of models has a template of its own. With the wrong one, a good model talks
# nonsense; a wrong template is among the commonest reasons for bad answers from a self-hosted
# model.

# %% [markdown]
# ## 5. One step, by hand
#
# Now the arithmetic. We do it with numpy, in code short enough to read, and with the kit's own
# small model **aprendiz**: it has the architecture of Gemma 3, so the arithmetic is the same as
# for its big relatives, but it is done in the blink of an eye. Its weights come from its second
# file, `model.safetensors`, the format of the Hugging Face world: the same numbers in another box.

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

# %% tags=["nbval-ignore-output"]
comes = predict(
    "What is the result of one pass through the model?",
    ["the whole answer", "the next word", "a score for every token of the vocabulary",
     "yes or no for every token"],
)
comes

# %% [markdown]
# One pass, and a note of what it had in hand on the way:

# %% tags=["nbval-ignore-output"]
trace = anatomy.Trace()
scores = small.logits(prompt, trace)
show.table([(what, " × ".join(map(str, shape))) for what, shape in trace.shapes],
           ["on the way", "numbers"])

# %% [markdown]
# The last line is the result. Compare it with the size of the vocabulary.

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

# %% tags=["nbval-ignore-output"]
import inspect

print(inspect.getsource(anatomy.Gemma3.step))

# %% [markdown]
# Multiplications, additions, and a few square roots. Is it really the same as what the
# professionals run? `transformers` is the library that most research uses. We ask it for the
# same scores. (Loading it takes some seconds.)

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
# probability zero.
#
# Does this opinion appear all at once? We can stop after each layer and ask what the model would
# say if it had to answer there and then:

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

# %% [markdown]
# ## 6. Temperature: how daring is the choice?
#
# There is a list of probabilities; somebody must choose one token from it. This is where the
# famous settings come in. Suppose you raise the temperature from 0.5 to 2. Does the model
# calculate other scores, or is only the choice made differently from the same scores, or both?

# %% tags=["nbval-ignore-output"]
changes = predict(
    "You raise the temperature from 0.5 to 2. What changes?",
    ["the model calculates other scores", "only the choice made from the same scores", "both"],
)
changes

# %% [markdown]
# The same scores, three temperatures:

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

# %%
changes.reveal("only the choice made from the same scores")

# %% [markdown]
# Temperature is one division: every score is divided by it before the softmax. The model never
# learns of it, and knows neither more nor less at 2 than at 0.5. A high temperature is not
# "creativity", and a low one is not "accuracy": they say how often you take another than the
# likeliest token. The order of the tokens never changes:

# %%
cold, hot = (anatomy.probabilities(scores, t) for t in (0.5, 2.0))
print("same order:", anatomy.top(cold, 5) == anatomy.top(hot, 5))
print("likeliest token more likely when cold:", bool(cold.max() > hot.max()))

# %% [markdown]
# **top_k** keeps only the *k* likeliest tokens; **top_p** only the likeliest ones that together
# reach the probability *p*. Both cut off the long tail, from which a draw now and then would pick
# something absurd. Move the sliders (with the mouse, or with Tab and the left and right arrow
# keys), and find out: which setting leaves exactly one token? There are three ways.

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

# %% [markdown]
# ## 7. The loop
#
# One pass gives one token. An answer needs many. So: choose a token, **add it to the text**, and
# do everything again. This is the whole secret of "generative", in ten lines:

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

# %% tags=["nbval-ignore-output"]
by_hand = generate(question)
print(words.decode(by_hand))
print([words.label(i) for i in by_hand])

# %% [markdown]
# The loop stopped because of the token after that. It was not printed, but we can ask for it:

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

# %% tags=["nbval-ignore-output"]
for seed in (1, 2, 3):
    print(seed, words.decode(generate("Cuéntame un cuento.", 1.0, seed, limit=24)))

# %% [markdown]
# The same seed twice, an assertion you should never just believe:

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

# %% [markdown]
# Will the engine's answer be the same, token for token? Or the same meaning in other words, or
# another answer altogether?

# %% tags=["nbval-ignore-output"]
alike = predict(
    "The same question to the engine, temperature 0. Compared with our loop, its answer is ...",
    ["the same, token for token", "the same meaning in other words", "another answer"],
)
alike

# %% [markdown]
# We ask it through its HTTP API, with the `ollama` client (notebook 05 is about it).

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

# %% [markdown]
# ## 9. What else belongs to a model
#
# Architecture, weights, and software that runs them: with these three you can use a model. To
# *understand, check or repeat* it you would want more: the data it was trained on and measured
# with, the software for both, weights from before it was finished, and documentation. What of
# this is in the folder of aprendiz?

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

# %% [markdown]
# ## 10. And a model that people use?
#
# The workshop's usual model is `gemma3:1b`. What is different? Some of it you can calculate. Its
# configuration says 262,144 tokens in the vocabulary and 1,152 numbers per token:

# %%
print(f"{262_144 * 1_152:,} numbers in the embedding alone")

# %% [markdown]
# The report on Gemma 3 says 302 million, so that fits. The rest of the comparison:

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

# %% [markdown]
# ## Where is the answer, then?
#
# Not in the header, not as text, not in any single number. It is in the way all the weights
# together turn *this* prompt into *these* scores; it appears when the arithmetic is done, token
# by token, and is nowhere before. That is why nobody can simply look up what a model "knows", why
# nobody can delete a single fact from it by deleting a line, and why it answers a question that
# was never asked before, rightly or wrongly, in the same confident way.

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
