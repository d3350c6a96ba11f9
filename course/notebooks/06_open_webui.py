# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
#   kit:
#     title: Open WebUI, a chat for everybody before your own model
#     minutes: 50
#     objectives:
#       - install a chat front end beside the course, and say what it costs in time and disk
#       - tie it to an endpoint of your own so that nothing leaves the machine
#       - read in the endpoint's record what a front end really sends for one question
#       - cut four calls and 36 tools down to one call, and say which setting did what
#       - place a licence that is almost free software, by reading it
#     needs: [endpoint]
#     next: 07_jan_and_others
# ---

# %% [markdown]
# **You type 20 characters into a chat window. What arrives at the model?** Most people would say:
# these 20 characters. In this notebook we put a front end, Open WebUI, before our own endpoint,
# let the endpoint write down everything that it is asked, and look.
#
# Why a front end at all? Not everybody writes Python. A chat in the browser is what a colleague, a
# class or a department will use. And whoever runs it should know what it does with their words.
#
# Which model answers here?

# %% tags=["nbval-ignore-output"]
from selfhost import frontends, show
from selfhost.endpoint import endpoint
from selfhost.frontends import lesson
from selfhost.widgets.predict import predict

at = endpoint()
at.export()
print(at.describe())

# %% [markdown]
# ## 1. Who asks whom
#
# A front end is a program of its own. It holds the page, the chats and the settings, and has no
# model: for every answer it asks an endpoint, in one of the two languages of notebook 05.

# %% tags=["nbval-ignore-output"]
show.picture(
    lesson.who_asks_whom(),
    "Four boxes in a row: your browser, Open WebUI (port 8080: chats and settings), the endpoint "
    "(port 11434: Ollama's and OpenAI's API), the engine llama.cpp with the weights. Words go "
    "from the browser to Open WebUI, requests from there to the endpoint, where we look.",
)

# %% [markdown]
# To look there, we need an endpoint that keeps a record. The one that all your notebooks share
# keeps none, on purpose: the record would hold everybody's questions. So this notebook starts
# another one (`python -m selfhost.server --record`), for itself alone, on a port of its own.

# %% tags=["nbval-ignore-output"]
recorder = lesson.recorder(at.model)
print(f"{recorder.model} answers at {recorder.url} and writes down what it is asked")

# %% [markdown]
# What does such a record look like? We ask something ourselves, with the client of notebook 05.

# %% tags=["nbval-ignore-output"]
from ollama import Client

ours = Client(recorder.url)
question = "Why is the sky blue?"
reply = ours.chat(model=recorder.model, messages=[{"role": "user", "content": question}])
print(reply.message.content)
lesson.table(recorder.requests(), "Asked by our own line of Python")

# %% [markdown]
# One call, one message, no tools, no settings. Keep this line in mind as the measure for what a
# front end does.

# %% [markdown]
# ## 2. Installing it
#
# Open WebUI is a Python package with about 240 others behind it. Three things to know first:
#
# - **An environment of its own.** It fixes the exact versions of most of its packages, and they
#   are not those of this course. In one environment one of the two would break.
# - **Python 3.11 or 3.12.** Its metadata allows no other (version 0.12.4, 2026-10-25).
# - **The torch trap.** It needs torch for documents and speech. On Linux, `pip install open-webui`
#   fetches torch's CUDA build with 18 packages of NVIDIA libraries: gigabytes that a chat page
#   never uses. So the kit installs torch's CPU build first, pins it, and then the rest.
#
# Why pip, if uv is five to ten times faster? Because pip obeys the settings that your university
# may have made for it (a mirror, a certificate, a folder of packages), and uv does not read them.
# It is done once.
#
# Measured on 2 busy cores, Linux, 2026-11-21: **4 min 48 s and 2.4 GB**. If the disk fills up or
# the network breaks on the way, what was there is removed again: whole or not at all.
#
# The next cell installs nothing unless you ask for it with `SELFHOST_INSTALL=1`.

# %% tags=["nbval-ignore-output", "install"]
import os

if os.environ.get("SELFHOST_INSTALL") == "1":
    frontends.install("open-webui", say=print)
there = frontends.installed("open-webui")
print(f"Open WebUI {there.version}, {show.size(there.bytes)}" if there else "not installed here")
print("in a terminal: selfhost frontends install open-webui")

# %% [markdown]
# ## 3. The settings
#
# Open WebUI reads some 900 names from its environment. The kit sets about twenty of them, and
# passes none of your other variables on, so that a forgotten `DATABASE_URL` of another project
# cannot redirect your chats. First: where it keeps things, and which endpoint it asks.

# %% tags=["nbval-ignore-output"]
lesson.settings_table(recorder, ["state", "door"])

# %% [markdown]
# `ENABLE_PERSISTENT_CONFIG` is the one that confuses people most. Left alone, Open WebUI reads
# these variables at its *first* start, writes them to its database and from then on believes the
# database: you change a variable, start again, and nothing happens.
#
# Next: what keeps it from asking the internet, and who may use it.

# %% tags=["nbval-ignore-output"]
lesson.settings_table(recorder, ["offline", "people"])

# %% [markdown]
# With these, a test of this kit watches every request of the page and finds none that leaves the
# machine. (Chats, that is. Documents and speech, for which Open WebUI has many more settings, were
# not tried in this course.)
#
# Look twice at the last two lines, since they belong together. Without a login, whoever reaches
# Open WebUI is you. Who reaches it? `open-webui serve` listens on **all** addresses (`0.0.0.0`)
# unless told otherwise: the whole room; so the kit starts it with `--host 127.0.0.1`. And pages of
# *other* sites, in your own browser: by default any of them may ask it, and read the answer. So
# the kit names the one page that may. (Notebook 07 shows how such a rule works, and whom it
# surprises.)
#
# The last two kinds are the lesson of section 5:

# %%
lesson.settings_table(recorder, ["tools", "calls"])

# %% [markdown]
# ## 4. Starting it, and a first chat
#
# In a terminal you would type `selfhost frontends start open-webui`: it finds or starts your
# endpoint, starts Open WebUI before it on port 8080 (or another free one), and says where it is.
# Here we start it before the recording endpoint, with an empty state that is thrown away at the
# end. It loads torch and many modules: about a minute.

# %% tags=["nbval-ignore-output"]
webui = lesson.WebUI(recorder)

# %% [markdown]
# You now have a page to chat in, if it was installed. Before you (or the next cell, in a browser
# without a window) ask: how many requests does **one** question cause? Think of Open WebUI *as it
# comes*, before the kit's settings, and of a model that answers all of them.

# %% tags=["nbval-ignore-output"]
how_many = predict(
    "How many answers is the model asked for when you ask one question?",
    ["one", "two", "four", "one for each word"],
)
how_many

# %% [markdown]
# And how large is the request that carries your 20 characters?

# %% tags=["nbval-ignore-output"]
how_large = predict(
    "How many bytes has the request with your 20 characters, as Open WebUI comes?",
    ["about 100", "about 1 000", "about 25 000"],
)
how_large

# %% [markdown]
# Two questions in the page, with the kit's settings. (If there is a browser here that a program
# can drive, the cell asks; the picture is then a fresh one. Otherwise it is a recorded one, and
# says from when.)

# %% tags=["nbval-ignore-output"]
recorder.clear()
told = webui.ask(question, "And at sunset?")
lesson.look(told)

# %% [markdown]
# Now the endpoint's side of it. Compare the two calls: what does the second question bring along?

# %% tags=["nbval-ignore-output"]
seen = lesson.seen()
fresh = recorder.requests()
print("asked a moment ago" if told else seen.words())
lesson.table(fresh if told else seen.requests["lean"], "With the kit's settings")

# %% [markdown]
# With the kit's settings each question is one call. A second question carries the first one and
# its answer along (3 messages): the model has no memory, the front end sends the whole chat again
# each time. The browser does not appear at all: it is Open WebUI's *server* that asks (its user
# agent is Python's `aiohttp`), so the origin rules of notebook 07 play no role here.

# %% [markdown]
# ## 5. As it comes
#
# The same question, in three states: as Open WebUI comes; without its tools; with the kit's
# settings. This was recorded, since each state needs a start of its own:

# %%
print(seen.words())
lesson.table(seen.requests["plain"], "As it comes")

# %% [markdown]
# What did the person see?

# %%
print("in the page:", seen.answers["plain"])
large = next(row for row in frontends.rows(seen.requests["plain"]) if row[1] == "your question")
display(how_large.reveal("about 25 000", {"about 100": "Your words are 20 of them."}))
print(f"{large[5]} bytes: {large[4]} tools are described to the model with every question")

# %% [markdown]
# A refusal! As it comes, Open WebUI describes its tools to every model: searching, notes, memory,
# a calendar. A model that was not trained to call tools has no place for them in its template, and
# the endpoint says so, as Ollama does. (With a model that takes tools, the description alone
# is some 6 000 tokens, at four bytes a token: more than the 4 096 that Ollama reads by default on
# a small machine, so that your own question may be what is cut off.) Which tools are these?

# %%
from selfhost.frontends.sent import tool_names

asked = next(r for r in seen.requests["plain"] if frontends.purpose(r) == "your question")
names = tool_names(asked)
print(len(names), "tools:", ", ".join(names))

# %% [markdown]
# One setting, `DEFAULT_MODEL_METADATA`, leaves the tools out. Then the model answers, and the
# rest of the calls becomes visible:

# %%
lesson.table(seen.requests["without tools"], "Without tools")

# %% [markdown]
# Count the answers that were asked for, and compare with your guess.

# %%
how_many.reveal("four", {"one": "Look at what else is asked, before and after your question.",
                         "two": "That is what you see while the tools are refused."})

# %% [markdown]
# Besides your question: a title for the list of chats (asked *before* your answer is written), the
# next questions that you might have, and topics. With a large model on a GPU that is comfort. With
# one small model on a laptop it is three more answers to wait for, each for an instruction of some
# hundred words that a small model hardly follows. All of it in one picture:

# %% tags=["nbval-ignore-output"]
states = {"plain": "as it comes (refused)", "lean": "with the kit's settings"}
show.picture(
    lesson.cost(seen.requests),
    "Bytes sent for one question of 20 characters, and in how many calls. " + "; ".join(
        f"{states.get(name, name)}: {show.size(sum(s for _, s in lesson.calls(rows)))}"
        f" in {len(lesson.calls(rows))}"
        for name, rows in seen.requests.items()
    ) + ".",
)

# %% [markdown]
# Four calls became one, and 25 kilobytes a hundred bytes. On a server for thirty students this is
# the difference between a room that waits and one that does not. And it is a decision that
# somebody takes *for* you in every front end: whoever runs it should know where to look.

# %% [markdown]
# ## 6. When things go wrong
#
# **The stop button.** A person presses *Stop*: does the server stop as well, or does it write on
# for nobody? In the front end it is one click; for the endpoint it is a client that hangs up. We do
# the same: start a long answer, read a little, leave.

# %% tags=["nbval-ignore-output"]
recorder.clear()
endless = {"type": "array", "items": {"type": "string"}, "minItems": 1500}
stream = ours.chat(model=recorder.model, stream=True, format=endless,
                   messages=[{"role": "user", "content": "Tell me a story."}])
for _, piece in zip(range(3), stream):
    print(repr(piece.message.content), "· answers being written:", recorder.active())
stream.close()  # the client hangs up

# %% [markdown]
# And on the server?

# %% tags=["nbval-ignore-output"]
import time

time.sleep(1)
print("answers being written:", recorder.active())
lesson.table(recorder.requests(), "After the client has left")

# %% [markdown]
# *Cut off*, and nothing is being written any more: the slot is free for the next student. (Ollama
# does the same. A server that does not would burn your processor for every impatient click.)
#
# **What else can break**, and what Open WebUI then shows, as `make check-frontends` sees it:
#
# | what happens | what the page says | afterwards |
# |---|---|---|
# | the endpoint is down | “Cannot connect to host …” in place of the answer | comes back: the next question is answered, without loading the page again |
# | the browser is offline | “Connection lost. Reconnecting…”, “Failed to fetch” | comes back: load the page, ask again |
# | a wrong key (OpenAI's language) | an empty list of models, and no reason | start it with the right key |
# | port 8080 is taken | – | the kit takes a free one; a port that you asked for is refused with a sentence |
# | the disk fills up during installation | – | nothing half-installed stays |
#
# An empty list of models is worth remembering: it means “the endpoint did not answer, or not with
# 200”, and the reason stands in the endpoint's record, or in Open WebUI's log.

# %% [markdown]
# ## 7. Is it open?
#
# Its page is called *open*. The file that decides is the licence in the package. We read it where
# it was installed, and let the rules of notebook 02 place it.

# %% tags=["nbval-ignore-output"]
from selfhost.openness.licence_text import identify
from selfhost.openness.licences import terms

text = lesson.licence_text()
match = identify(text) if text else None
licence = match.licence if match else frontends.catalogue()["open-webui"].licence
print("read in the installed package:", match.how if match else "(not installed) see the catalogue")
granted = terms(licence)
print(f"{granted.name}\nopen source or free software: {granted.open}\n{granted.because}")
print(f"use: {granted.use} · modify: {granted.modify} · share: {granted.share}")

# %% [markdown]
# Guess first: which sentence makes a text of three well-known paragraphs *not* open source?

# %% tags=["nbval-ignore-output"]
clause = predict(
    "Why is this licence not open source?",
    ["it forbids commercial use", "it forbids taking the name and logo away, for larger groups",
     "it forbids reading the source"],
)
clause

# %% [markdown]
# The first three clauses are the BSD licence, word by word: as free as it gets. Here is the
# fourth (read in the package of 0.12.4, 2026-11-21), if you have it:

# %% tags=["nbval-ignore-output"]
if text:
    start = text.index("4. Notwithstanding")
    print(text[start : text.index("Materials governed")].strip())
else:
    print("In short: above 50 people in 30 days nobody may remove or change the name and the logo,"
          "\nunless they buy a licence that allows it. In full: https://docs.openwebui.com/license")
clause.reveal("it forbids taking the name and logo away, for larger groups",
              {"it forbids commercial use": "It allows that."})

# %% [markdown]
# So this is **almost** free software. You may use it for anything, read it, change it, pass it on,
# for money too. What you may not do, for more than 50 people: take the name off. To free software
# belongs the right to publish a changed version *as one's own*, and to the Open Source Definition
# that a licence treats all fields and groups alike; a limit of 50 users does neither. Is that bad?
# That depends on what you need it for:
#
# - *A class of 30:* below the limit, nothing changes for you.
# - *A university of 5 000:* you may run it, with its name on it. You may not turn it into “UniChat”.
# - *Your own product on top of it:* you need another front end, or their permission.
#
# It was not always so: the package's `LICENSE_HISTORY` says that its first code came under the MIT
# licence, later code under BSD-3, and only what came after that under this one. What was published
# free stays free; what comes next is its makers' decision. Notebook 07 shows alternatives, some of
# them wholly free.

# %% [markdown]
# ## 8. For a class
#
# What would you change for thirty students on one server?
#
# - `WEBUI_AUTH=True`: everybody has an account; the first one to register administers it.
# - `--host 0.0.0.0` behind HTTPS, with that address in `CORS_ALLOW_ORIGIN`, and the endpoint still
#   on 127.0.0.1: only Open WebUI asks it.
# - The `calls` settings as above: 30 people × 4 calls is a queue.
# - Tell people that the administrator *can* read chats: they lie in one SQLite file,
#   `webui.db`. Self-hosted means that the data is yours; it does not mean that it is nobody's.
#
# We stop what we started. In a terminal: `selfhost frontends stop open-webui`; the chats stay in
# its folder (`selfhost frontends status` says where), and `selfhost frontends remove open-webui`
# deletes the program.

# %% tags=["nbval-ignore-output"]
webui.close()
recorder.close()
print("stopped")

# %% [markdown]
# ## Check yourself
#
# **1.** You changed `OLLAMA_BASE_URL` and started Open WebUI again; it still asks the old address.
# What happened?
#
# <details><summary>Answer</summary>
#
# It believes its database, which remembers the first start. Set
# `ENABLE_PERSISTENT_CONFIG=False`, or change the address in its admin settings.
#
# </details>
#
# **2.** A colleague's small model answers in Python, but in Open WebUI only “does not support
# tools” appears. What is going on, and what is the mend?
#
# <details><summary>Answer</summary>
#
# Open WebUI describes its 36 tools with every question, and the model has none in its template.
# Turn them off: `DEFAULT_MODEL_METADATA='{"capabilities": {"builtin_tools": false}}'`, or in the
# model's settings in the admin panel.
#
# </details>
#
# **3.** Why are answers slow for a class of thirty although each of them asks only now and then?
#
# <details><summary>Answer</summary>
#
# For example: each question is four calls (title, answer, next questions, topics), and the whole
# chat is sent again each time. Turn the three off, and look at the endpoint's record.
#
# </details>
#
# **4.** “Open WebUI is open source; it is on GitHub.” One sentence, please.
#
# <details><summary>Answer</summary>
#
# For example: “The source can be read and used freely, but clause 4 of its licence forbids larger
# groups to change its name and logo, so by the Open Source Definition it is not open source.”
#
# </details>
#
# **5.** The list of models is empty. Where do you look?
#
# <details><summary>Answer</summary>
#
# At the endpoint: does `curl …/v1/models` (or `/api/tags`) answer, with 200, with this key? Then at
# Open WebUI's log (`selfhost frontends status --json` says where it lies).
#
# </details>
