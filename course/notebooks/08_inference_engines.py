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
# ---

# %% [markdown]
# **The weights are the same. Why is one program ten times as fast as another?** A file of
# weights does nothing; an *inference engine* does the arithmetic, and there are dozens of them.
# Papers often do not even name theirs. In this notebook the same model goes through several
# engines, and one question is answered by measuring: *what does it cost to serve not one student,
# but thirty?* The answer is the reason why these engines exist.

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

# %% tags=["nbval-ignore-output"]
from selfhost.widgets.guide import Guide

Guide()

# %% [markdown]
# The way of a department with a GPU server, written out (three answers, three reasons):

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

# %% tags=["nbval-ignore-output"]
best = max(found[:-1], key=lambda m: m.decode[1])  # the last one is the endpoint
fastest.reveal(best.engine, {"transformers": "It is made for trying things out: Python code runs "
               "for every layer of every token, and with a small model that is most of the time."})

# %% [markdown]
# Does this make transformers a bad engine? No. It is where new models appear first and what
# papers compare with; with a large model on a GPU the arithmetic takes longer than the Python
# around it, and the ratio shrinks. But nobody should serve a class with it.

# %% [markdown]
# ## 3. What is the limit?
#
# To write one token, every weight is read once. So no engine can write more tokens per second
# than the memory can deliver the weights. How fast is that here, with one thread?

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

# %% tags=["nbval-ignore-output"]
speeds = curve((4, 16, 64, 256))
print({f"{size} MB": f"{speed / 1e9:.0f} GB/s" for size, speed in speeds.items()})
gemma = 815e6  # bytes of gemma3:1b in 4 bits, as Ollama serves it
print(f"gemma3:1b here, at most: {speeds[256] / gemma:.0f} tokens per second, one thread")

# %% [markdown]
# Now the question of this notebook. One student gets so many tokens per second. Now **eight**
# students ask at once, and the engine computes their next tokens *together*. All together, per
# second, they get ...

# %% tags=["nbval-ignore-output"]
eight = predict("Eight sequences in one batch. Tokens per second, all together, compared to one:",
                ["the same: the machine is as fast as it is", "clearly more", "less"])
eight

# %% [markdown]
# The weights that were read for one token of the first student are used for the seven others as
# well: they are already there. Only when the arithmetic itself becomes the limit does this end.
# The broken lines are these two limits (rising: memory; flat: arithmetic).

# %% tags=["nbval-ignore-output"]
from selfhost.serving import pictures

show.picture(pictures.scaling(found, limits), pictures.scaling_words(found))

# %% [markdown]
# The same in numbers: how many times as many tokens per second as with one sequence?

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

# %% [markdown]
# ## 5. Work that need not be done twice
#
# ### The prefix cache
#
# Thirty students use one program, whose system prompt has 800 tokens. Each question comes after
# the same 800 tokens. Must the engine read them thirty times?

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

# %% tags=["nbval-ignore-output"]
front = predict("The question first, then the 800 tokens of rules. Known already:",
                ["the 800 tokens of rules", "hardly anything"])
front

# %% [markdown]
# The same texts in the other order:

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

# %% tags=["nbval-ignore-output"]
same = predict("At temperature 0, with a draft model that is sometimes wrong, the answer ...",
               ["is the same", "is a little worse", "is a mixture of both models"])
same

# %% [markdown]
# Here `aprendiz` in 8 bits guesses for `aprendiz` in 16 bits. A second kind needs no other model:
# it looks whether the last words have occurred before, and guesses that they go on in the same way.

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

# %%
same.reveal("is the same", {"is a little worse": "Every guess is checked before it counts."})

# %% [markdown]
# Most guesses of the small model are right. And is it faster? Look at the last column: no. What
# should it be? With guesses right at a rate *a*, *k* at a time, and a draft step that costs *c* of
# a large step, (1 − a^(k+1)) / ((1 − a)(kc + 1)) times as fast (Leviathan et al., 2023):

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

# %% [markdown]
# ## 6. How many students?
#
# Take a reading speed. For `aprendiz`, divide the endpoint's total by it. For `gemma3:1b`, two times
# describe a step of the large model above: *reading* the weights, once, and the *arithmetic* of each
# sequence. We fit both to what was measured, and scale them: the first with the bytes (815 MB in 4
# bits), the second with the parameters. A model of a model: good for "one or ten or a hundred?",
# not for a promise.

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

# %% tags=["nbval-ignore-output"]
from selfhost.apis import Target
from selfhost.serving import compat

target = Target.of(at)
show.table([(c.point, c.holds, c.seen) for c in compat.check(target)], ["point", "holds", "seen"])

# %% [markdown]
# And a vLLM server, if there is one. Set `VLLM_URL` (with `/v1`), `VLLM_MODEL` and, if it has one,
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
