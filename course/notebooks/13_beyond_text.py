# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
#   kit:
#     title: "Beyond text: images, video, speech and what surrounds models"
#     minutes: 40
#     objectives:
#       - find a self-hostable model, application, data set or benchmark for a task, with its licence and date
#       - say how open the models of other modalities are, compared with language models
#       - spot conditions that matter to you, such as a territory or a ban on commercial use
#       - estimate whether the weights of a model fit into the memory of this machine
#     needs: []
#     next: 14_determinism
# ---

# %% [markdown]
# **What else could I run here?** The course so far was about text. People also want pictures,
# video, voices, transcripts, 3D scenes, forecasts; and around every model there are applications,
# data sets and benchmarks. Which of them can you run on your own machines, what may you do with
# them, and would they fit? This notebook is a guided walk through the course's catalogue, which
# you will use again whenever somebody asks you for "something for X".
#
# No model runs here, and no network is needed: the catalogue comes with the kit. Each entry has a
# source and a date. Things change; check the source before you build on an entry.

# %%
from collections import Counter

from selfhost import show
from selfhost.openness.catalogue import catalogue, find, select

kinds = Counter(entry.row.kind for entry in catalogue().values())
show.table(kinds.most_common(), ["kind of entry", "how many"])

# %% [markdown]
# ## 1. Search it
#
# Type into the search field, or set a filter. Try: *which front ends are there? What has Tencent
# made? Which entries have a licence that nobody knows?* Everything works with the keyboard: Tab
# moves on, arrows change a list, and the table scrolls once it has the focus.

# %% tags=["nbval-ignore-output"]
from selfhost.widgets.catalogue import browse, runs_here

table = browse()
table

# %% [markdown]
# The same by code, for a report or when widgets do not run: the speech models.

# %%
speech = [*select(modality="speech to text", kind="model"), *select(modality="text to speech")]
columns = ["name", "licence", "derived", "date"]
show.table([[entry.as_row()[c] for c in columns] for entry in speech], columns)

# %% [markdown]
# "Derived" is the class that the rules of notebook 02 give, from what we know to be published. In
# a terminal: `selfhost openness list --modality video`.
#
# ## 2. How open is the world beyond text?
#
# Language models go from "behind an app" up to "reproducible". What about the others?

# %% tags=["nbval-ignore-output"]
from selfhost.widgets.predict import predict

best = predict(
    "Which modality besides text has models of the classes open source or reproducible here?",
    ["image", "video", "text to speech", "none of them"],
)
best

# %% [markdown]
# Count the catalogue's models by modality and class.

# %% tags=["nbval-ignore-output"]
from selfhost.openness import pictures

models = select(kind="model")
show.picture(pictures.class_by_modality(models), pictures.class_by_modality_words(models))

# %% [markdown]
# Look at where the bars end, before you run the answer.

# %% tags=["nbval-ignore-output"]
best.reveal(
    "none of them",
    {
        "image": "Open weights, yes. The data and the code to train are another matter.",
        "video": "Open-Sora comes near: its training code is public, its data is not.",
        "text to speech": "Open weights, yes; what the voices were trained on is rarely told.",
    },
)

# %% [markdown]
# A catalogue is a sample, and ours is small; but it fits with a reason: pictures, films and voices
# belong to somebody. Publishing the data is legally harder than publishing weights, so "open" ends
# earlier. ChatTS, a model for time series, is the odd one out: its data is **synthetic**, made by a
# program, so there was nobody to ask. What keeps it from the next class?

# %%
for finding in find("chatts").verdict().spectrum.missing():
    print(finding.text)

# %% [markdown]
# ## 3. Images and video: read where you live
#
# The licences beyond text have conditions that text licences seldom have. Here are all conditions
# of the image, video and 3D models, by model.

# %%
rows = []
for modality in ("image", "video", "3D"):
    for entry in select(kind="model", modality=modality):
        granted = entry.verdict().states["parameters_final"].terms
        said = "; ".join(f"{k}: {v}" for k, v in granted.conditions.items())
        rows.append((entry.row.name, granted.expression, said or "none"))
show.table(rows, ["model", "licence of the weights", "conditions of use"])

# %% [markdown]
# Two of them reward a second look.
#
# **A territory.** The licence of Hunyuan Video gives no rights in the European Union, the United
# Kingdom and South Korea. In Fuenlabrada you may download it, and it will run; you just have no
# licence. Nothing technical will remind you.
#
# **Code and weights.** LTX Video is listed under Apache 2.0, and that is the *code*. The weights of
# 2025-05 have a licence of their own. Watch the catalogue resolve which licence governs which part:

# %%
states = find("ltx-video").verdict().states
for key in ("inference_code", "parameters_final"):
    print(f"{states[key].component.name}: {states[key].says()}")

# %% [markdown]
# Front ends have licences too. ComfyUI is free software (GPL). Wan2GP runs open models, and is
# itself under a licence that forbids commercial use: the chain is as open as its weakest link.

# %%
for entry in select(kind="front end"):
    print(f"{entry.row.name}: {entry.row.licence}, {entry.derived}")

# %% [markdown]
# ## 4. Speech: when the firm is gone
#
# Whisper (MIT) turned speech to text into something that anybody can run; notebooks 11 and 12 run
# it, and a Spanish voice. Voices have more conditions. Coqui's licence of 2023 forbids commercial
# use of the model *and of what it says*; exceptions were for sale. Early in 2024 the firm closed.

# %%
granted = find("coqui-xtts").terms
for what, text in granted.conditions.items():
    print(f"{what}: {text}")

# %% [markdown]
# So there is nobody left to sell you an exception, and the licence goes on. Compare the toolkit:
# its code was under MPL-2.0, and others maintain it today (this course installs it). **An open
# licence outlives its firm.** That is the *autonomy* column of notebook 02, as it happened.
#
# ## 5. Licences through time
#
# Which licences did the models of the catalogue have, and when was that?

# %% tags=["nbval-ignore-output"]
show.picture(pictures.families_over_time(models), pictures.families_words(models))

# %% [markdown]
# Apache and MIT go through all the years. The squares are the inventions: nearly every large firm
# wrote a licence of its own, and each must be read from the first line to the last. That costs
# every user an hour, or a lawyer; a licence that everybody knows costs nobody anything.
#
# (The months tell when the statement was made, not when the model appeared.)
#
# ## 6. What surrounds models
#
# Applications to self-host, from research assistants to agents, with what we know of their
# licences:

# %%
rows = [(e.row.name, e.row.licence, e.derived, e.row.note) for e in select(kind="application")]
show.table(rows, ["application", "licence", "derived", "note"])

# %% [markdown]
# "Unknown" means that nobody here has read the licence file. It takes you two minutes per entry,
# and lab 1 asks you for one.
#
# Data sets are the raw material, and their licences have a trap of their own.

# %%
rows = [(e.row.name, e.row.licence, e.derived, e.row.note) for e in select(kind="dataset")]
show.table(rows, ["data set", "licence", "derived", "note"])

# %% [markdown]
# LAION-5B is "CC-BY": the *list* of links and captions is. The five billion pictures behind the
# links are under whatever their authors chose. FineWeb is ODC-By, made from Common Crawl, whose
# pages keep the rights of their authors. **The licence of a collection is not the licence of what
# is collected.** Common Corpus and the Common Pile go the other way: they take only what is in the
# public domain or openly licensed, document by document, so that no single licence covers the set.
#
# And benchmarks, by which everybody is measured:

# %%
rows = [(e.row.name, e.row.modality, e.row.licence, e.row.note) for e in select(kind="benchmark")]
show.table(rows, ["benchmark", "about", "licence", "note"])

# %% [markdown]
# ## 7. What would I run on this laptop?
#
# A model must fit into memory. The first estimate needs one multiplication: **parameters × bytes
# per parameter**. Wan 2.2 in its small size has 5 billion parameters.

# %%
from selfhost.openness.memory import weights_gib

for name, bits in [("float32", 32), ("float16", 16), ("8 bit", 8.5), ("4 bit", 4.8)]:
    print(f"{name:8} {weights_gib(5, bits):5.1f} GiB")

# %% [markdown]
# Why 8.5 and 4.8 bits? Quantized formats store a scale for every few weights, so "4 bit" costs a
# little more than four (notebook 09 opens them).
#
# How much memory does this machine have to give right now?

# %% tags=["nbval-ignore-output"]
import psutil

memory = psutil.virtual_memory()
print(f"{memory.total / 2**30:.0f} GiB in all, {memory.available / 2**30:.0f} GiB free now")

# %% [markdown]
# A guess first: Qwen3 in its largest size has 235 billion parameters, of which 22 billion work on
# each token (a mixture of experts).

# %% tags=["nbval-ignore-output"]
experts = predict(
    "Which number counts for the memory?",
    ["235 billion", "22 billion", "something between"],
)
experts

# %% [markdown]
# Move the slider to the memory you have, and choose a precision. Can you find the largest model
# that fits?

# %% tags=["nbval-ignore-output"]
here = runs_here(memory.available / 2**30)
here

# %% [markdown]
# Back to the guess.

# %% tags=["nbval-ignore-output"]
experts.reveal(
    "235 billion",
    {
        "22 billion": "That decides the speed. Any expert may be asked next, so all must be there.",
        "something between": "Tricks exist (experts on disk), and you pay for them with time.",
    },
)

# %% [markdown]
# The same for a machine with 8 GiB free, so that all of us can compare: the biggest that fit, one
# line per model.

# %%
from selfhost.openness.memory import BITS, what_runs

fits = [fit for fit in what_runs(models, 8, BITS["4 bit"]) if fit.fits]
biggest = {fit.name: fit for fit in reversed(fits)}
for fit in sorted(biggest.values(), key=lambda fit: fit.gib, reverse=True)[:12]:
    print(fit)

# %% [markdown]
# And the ones about which the catalogue can say nothing:

# %%
print([fit.name for fit in what_runs(models, 8, BITS["4 bit"]) if fit.fits is None])

# %% [markdown]
# **This is an estimate, and a kind one.** The context of a language model needs memory too (the KV
# cache); image and video models need several times their weights while they work, and without a
# GPU a short film may take a night. "Fits" means "worth a try", no more. Notebook 04 does the
# arithmetic in full.
#
# ## Check yourself
#
# <details><summary>A colleague in Madrid wants to offer a service with Hunyuan Video. What do you
# tell her?</summary>
#
# Its licence gives no rights in the European Union. Wan 2.2 is under Apache 2.0, without such a
# condition (2025-08): look at that one.
# </details>
#
# <details><summary>May you sell an audiobook spoken by Coqui XTTS v2?</summary>
#
# Its licence forbids commercial use of the model and of its output, and the firm that sold
# exceptions has closed. Kokoro (Apache 2.0) has no such condition.
# </details>
#
# <details><summary>A data set is under CC-BY. May you train on the pictures it lists?</summary>
#
# The licence covers the list. Whether you may use the pictures depends on their own licences and
# on the law of your country.
# </details>
#
# <details><summary>How much memory do the weights of a model with 12 billion parameters need in
# float16?</summary>
#
# 12 billion × 2 bytes = 24 GB, about 22.4 GiB. And then some for the rest.
# </details>
