# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
#   kit:
#     title: Start here
#     minutes: 25
#     objectives:
#       - say whether this computer is ready, and mend what is not
#       - ask a model on this computer a question, in three ways
#       - say why three ways give one answer, and when they do not
#       - find your way through the course, and help yourself when stuck
#     needs: [endpoint]
#     next: 01_inside_a_model
# ---

# %% [markdown]
# You have asked questions to models in somebody else's data centre. In this course the model runs
# on *your* computer, and every notebook lets you look a bit deeper. We begin with the simplest
# question one can ask about that: **when a model answers you, who is it that answers, and does
# the answer depend on how you ask?** In twenty-five minutes you will have asked the same question
# through three doors.
#
# A notebook is text and **cells** of code. Run a cell with *Shift+Enter*; its result appears below
# it. Start at the top, leave none out: later cells use what earlier ones made.

# %% [markdown]
# ## 1. Is this computer ready?
#
# The kit has a doctor. It looks at this computer and says what is there, what is missing, and what
# mends it. A line marked **fail** must be mended before you go on; **warn** concerns only the
# notebooks that it names.

# %% tags=["nbval-ignore-output"]
from selfhost import doctor

doctor.table()

# %% [markdown]
# The same in a terminal: `selfhost doctor`. You may run it again at any time, and it changes
# nothing on your computer.

# %% [markdown]
# ## 2. Who answers?
#
# A model is a file; somebody must load it and listen for questions. That somebody is a **server**,
# here on your own computer. The next cell finds one. It takes the first of these that it can get:
#
# 1. the server that you name yourself (`SELFHOST_ENDPOINT`),
# 2. an **Ollama** that runs on this computer and has the course's usual model, `gemma3:1b`,
# 3. the kit's own server, with the kit's own small model, **aprendiz**.

# %% tags=["nbval-ignore-output"]
from selfhost.endpoint import endpoint

at = endpoint()
print(at.describe())
at.export()

# %% [markdown]
# Read that line; it names the model, the program that runs it, and the address. Every notebook
# prints it first, because no result means anything without it.
#
# If it says *aprendiz*: this is a very small model, trained from scratch for this course, so small
# that it comes with the kit and answers at once on any laptop, without a network. It knows some
# capitals, tells short stories in English and Spanish, and explains words of this course. It is
# no rival to the models that you know, and often it is wrong. What you learn with it holds for
# the big ones: it has the same architecture as `gemma3:1b`, and runs in the same engine.
#
# Look at the address, too. If it begins with `http://127.0.0.1`: that number means *this
# computer*, and your question does not leave it.

# %% [markdown]
# ## 3. First door: plain HTTP
#
# The server speaks HTTP, like every web page. So a program that can fetch a web page can ask a
# model. We write a question (a small document in a form called JSON):

# %% tags=["nbval-ignore-output"]
import json
import tempfile
from pathlib import Path

messages = [{"role": "user", "content": "What is the capital of Spain?"}]
question = {"model": at.model, "messages": messages, "temperature": 0, "max_tokens": 50}
ask = Path(tempfile.mkdtemp(prefix="first-")) / "ask.json"
ask.write_text(json.dumps(question), encoding="utf-8")
print(json.dumps(question, indent=1))

# %% [markdown]
# `curl` is the standard program for fetching something from an address. The exclamation mark
# hands the line to your computer's shell, as if you had typed it in a terminal.

# %% tags=["nbval-ignore-output"]
URL = at.openai_url
# !curl -s $URL/chat/completions -H "Content-Type: application/json" -d "@$ask"

# %% [markdown]
# Somewhere in this there is an answer, beside `"content"`. The rest is good to have: which model
# answered, why it stopped, how many tokens it read and wrote. (The kit's own server adds a block
# called `selfhost`: every setting that was in force. You will be glad of it in notebook 14.)
# A program picks out the answer like this:

# %% tags=["nbval-ignore-output"]
# answer = !curl -s $URL/chat/completions -H "Content-Type: application/json" -d "@$ask"
by_curl = json.loads("\n".join(answer))["choices"][0]["message"]["content"]
print(by_curl)

# %% [markdown]
# ## 4. Two more doors
#
# Nobody writes HTTP by hand all day. There are libraries, and two of them you will meet
# everywhere: `openai`, made for that company's models and now spoken by almost every server; and
# `ollama`, for Ollama's own, richer language. We will ask the same question through both. The
# temperature is 0, which means: always take the likeliest next word.
#
# Before you run it: will the three answers be the same, word for word? The same in other words? Or
# does it depend on the library?

# %% tags=["nbval-ignore-output"]
from selfhost.widgets.predict import predict

doors = predict(
    "Three doors, temperature 0. The answers will be ...",
    ["the same, word for word", "the same in other words", "better from one of the libraries"],
)
doors

# %% [markdown]
# The second door, `openai`. It wants a key; this server takes any.

# %% tags=["nbval-ignore-output"]
from openai import OpenAI

reply = OpenAI(base_url=at.openai_url, api_key=at.api_key).chat.completions.create(
    model=at.model, messages=messages, temperature=0, max_tokens=50
)
by_openai = reply.choices[0].message.content
print(by_openai)

# %% [markdown]
# The third door, `ollama`. Its settings stand in `options`, and one has another name.

# %% tags=["nbval-ignore-output"]
import ollama

if "ollama" in at.apis:
    options = {"temperature": 0, "num_predict": 50}
    by_ollama = ollama.chat(model=at.model, messages=messages, options=options).message.content
else:
    by_ollama = None
print(by_ollama or "This server does not speak Ollama's language: the third door is closed here.")

# %% [markdown]
# Are they the same, to the letter?

# %% tags=["nbval-ignore-output"]
answers = [answer for answer in (by_curl, by_openai, by_ollama) if answer]
same = len(set(answers)) == 1
print(f"one answer through {len(answers)} doors:", same)
doors.reveal(
    "the same, word for word" if same else "the same in other words",
    {"better from one of the libraries": "A library carries the question; it does not think."},
)

# %% [markdown]
# A library adds no knowledge. It packs your question into the same HTTP request that you sent by
# hand, and the same model calculates the same thing. With temperature 0 there is no chance in the
# choice of words, so the same comes out.
#
# They *can* differ all the same, and it is worth knowing when:
#
# - **You leave settings out.** Then each door has defaults of its own, and they are not equal.
# - **There is chance in the game.** Any temperature above 0 means drawing lots for each word.
# - **The doors lead to different things**: another model under the same name, another version of
#   the server, another precision of the weights.
# - **Two words are almost equally likely**, and the hardware or the other requests that are being
#   calculated at the same time tip the scale. Then even temperature 0 may change its mind.
#
# See the second of these for yourself. The same request again, three times, with no temperature
# given, and in Spanish:

# %% tags=["nbval-ignore-output"]
cuento = [{"role": "user", "content": "Cuéntame un cuento."}]
client = OpenAI(base_url=at.openai_url, api_key=at.api_key)
for _ in range(3):
    told = client.chat.completions.create(model=at.model, messages=cuento, max_tokens=30)
    print("-", told.choices[0].message.content)

# %% [markdown]
# Three beginnings, from the same model, to the same words. You did not say how daring to be, so
# somebody else decided it for you. That will come back in this course, again and again.

# %% [markdown]
# ## 5. How the course works
#
# | what you see | what to do |
# |---|---|
# | **Predict** | commit to a guess, then run the cell. The surprise is where you learn |
# | a cell with code | read it, run it; change something and run it again |
# | a picture | its content stands below it in words |
# | **Check yourself** | answer in your head, then unfold the answer |
# | a lab | your turn: fill in, and the lab checks it and gives hints |
#
# These are the lessons that are here now, in the order in which they build on each other. *Needs*
# says what a lesson wants besides this computer; what cannot run on yours says so in one line and
# does no harm.

# %% tags=["nbval-ignore-output"]
from selfhost import syllabus

syllabus.table()

# %% [markdown]
# You need not be able to program. You should be able to read a line of Python with somebody
# explaining it; the text does that.

# %% [markdown]
# ## 6. When you are stuck
#
# Errors in this kit are one sentence and, where it helps, the command that mends it. Let us make
# one on purpose, with a model that does not exist:

# %%
missing = client.with_options(max_retries=0)
try:
    missing.chat.completions.create(model="no-such-model", messages=messages)
except Exception as error:
    print(type(error).__name__, "- status", error.status_code)

# %% [markdown]
# *Status 404* is HTTP for “not here”: the server answers, but has no model of that name. An error
# tells you how far you got. When something goes wrong:
#
# | you see | likely | do |
# |---|---|---|
# | `NameError: name 'at' is not defined` | a cell above was not run | *Run → Run All Above Selected Cell* |
# | `[*]` beside a cell, and nothing happens | it still calculates | wait; or *Kernel → Interrupt* |
# | nothing makes sense any more | leftovers of earlier runs | *Kernel → Restart Kernel and Run All Cells* |
# | connection refused | no server answers | run the cell with `endpoint()` again |
# | status 404, model not found | a wrong name | `selfhost models list`, or `ollama list` |
# | very slow answers | too little memory or too many programs | close some; `selfhost doctor` |
# | a `KitError` | the sentence says it | what stands after *Try:* |
#
# And if all that does not help: restart the kernel, run `selfhost doctor --json`, and show its
# output to your teacher or in an issue, with the first line that every notebook prints. It is the
# first thing they will ask for.

# %% [markdown]
# ## Who answered, then?
#
# A file of numbers, loaded by a program on this computer, reached at an address that leads nowhere
# else. The door did not matter, the settings did. In the next notebook we open the file.

# %% [markdown]
# ## Check yourself
#
# **1.** How do you see in a notebook of this course which model answers?
#
# <details><summary>Answer</summary>
#
# Its first code cell prints it: model, program, address (`at.describe()`).
#
# </details>
#
# **2.** The address of a server is `http://127.0.0.1:11434`. Who, besides you, can read your
# questions on their way?
#
# <details><summary>Answer</summary>
#
# Nobody on the network: 127.0.0.1 is this computer itself. (Other programs and the administrator
# of this computer are another matter.)
#
# </details>
#
# **3.** A colleague asks the same question through `openai`, you through `ollama`, neither of you
# gives any setting, and the answers differ. Is one of the libraries broken?
#
# <details><summary>Answer</summary>
#
# No. Without settings there is chance in the answer, and the two doors have different defaults
# besides. Set the temperature to 0 in both, and compare again.
#
# </details>
#
# **4.** A cell fails with `NameError: name 'at' is not defined`. What happened?
#
# <details><summary>Answer</summary>
#
# The cell that makes `at` was not run in this session, for example after a restart. Run the
# cells above.
#
# </details>
