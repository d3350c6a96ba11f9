# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
#   kit:
#     title: Models behind an API
#     minutes: 65
#     objectives:
#       - use the same five lines with your own model and with any hosted one
#       - keep keys out of notebooks, and find those that got in
#       - find out which settings an API accepts, ignores or refuses, instead of believing its page
#       - stream, ask for structured answers, and follow a tool call through the API
#       - meet errors with patience and one clear sentence, and say what a call costs
#     needs: [endpoint]
#     next: 04_hardware_and_money
# ---

# %% [markdown]
# **You can rent a model by the token. What do you give up?** Somebody else's machines, no
# installation, larger models than your laptop holds: for many people an API is the first model
# they use, and OpenAI's form of it is what nearly everybody speaks, your own server included. In
# this notebook you use it properly: keys, settings, errors, costs. And you ask it, with
# experiments, what it lets you control and what it hides. The answers decide when to rent and
# when to host.
#
# Who answers here?

# %% tags=["nbval-ignore-output"]
from selfhost.endpoint import endpoint

at = endpoint()
print(at.describe())
at.export()

# %% [markdown]
# ## 1. The same five lines
#
# An address, a key, a model's name, a question, the answer. Everything else is the same
# everywhere:

# %% tags=["nbval-ignore-output"]
from openai import OpenAI

client = OpenAI(base_url=at.openai_url, api_key=at.api_key)
question = [{"role": "user", "content": "What is a token?"}]
answer = client.chat.completions.create(model=at.model, messages=question, max_tokens=60)
print(answer.choices[0].message.content)

# %% [markdown]
# To use another provider, change three words of it. Which words, for whom, is data, and stands in
# one file of the kit (`src/selfhost/data/providers.yaml`), each entry with its source and the day
# on which somebody read it:

# %%
from selfhost import show
from selfhost.apis import provider, providers

show.table(
    [(p.id, p.base_url, p.example_model, p.key_env[0] if p.key_env else "none", p.where)
     for p in providers().values()],
    ["id", "base_url", "a model there", "key from", "whose machines"],
)

# %% [markdown]
# Model names come and go; ask the provider for its list (`client.models.list()`, or
# `curl <base_url>/models`) before you rely on one. Here is ours:

# %% tags=["nbval-ignore-output"]
print([model.id for model in client.models.list()])

# %% [markdown]
# And now all of them with the same five lines. A request leaves this computer only where a key is
# set; otherwise you see what *would* be sent. (With a key: every such call costs a little, and
# your question is then on somebody else's machine.)

# %% tags=["nbval-ignore-output"]
from openai import OpenAIError

for p in providers().values():
    if not p.needs_key:
        continue
    if p.key() is None:
        print(f"{p.name}: not asked, {p.key_env[0]} is not set")
        continue
    hosted = OpenAI(base_url=p.base_url, api_key=p.key(), timeout=30, max_retries=0)
    try:
        said = hosted.chat.completions.create(model=p.example_model, messages=question, max_tokens=60)
        print(f"{p.name}, {said.model}: {said.choices[0].message.content}")
    except OpenAIError as error:
        print(f"{p.name}: {type(error).__name__}: {error}")

# %% [markdown]
# What would be sent, in full. It is one HTTP request and nothing else; the key is in its header:

# %%
print(provider("openrouter").request(None, "What is a token?", max_tokens=60).curl())

# %% [markdown]
# ## 2. Keys
#
# A key is money and a name: whoever has it spends yours. A key in a notebook is in every copy of
# the notebook, in its history on the forge, and in the hands of those who search forges for keys
# (they need minutes). So it comes from the *environment*. In a terminal, before `jupyter lab`:
#
# | | |
# |---|---|
# | Linux, macOS | `read -s GROQ_API_KEY; export GROQ_API_KEY` |
# | Windows (PowerShell 7) | `$env:GROQ_API_KEY = Read-Host -MaskInput` |
#
# (Both show nothing of the key, and leave nothing of it in the shell's history. Windows' own
# PowerShell 5.1 has no `-MaskInput`: leave it out, and let nobody look.) Which ones are set here?
# Shown are the last four characters at most.

# %% tags=["nbval-ignore-output"]
from selfhost.apis.keys import masked

for p in providers().values():
    if p.needs_key:
        print(f"{p.key_env[0]:20}", masked(p.key()) if p.key() else "not set")

# %% [markdown]
# Did one get in? A scan knows the forms that keys have, and looks at literals where a key is
# expected. We make a file with two lines; one of them would cost you money:

# %%
import tempfile
from pathlib import Path

from selfhost.apis import scan_files

folder = Path(tempfile.mkdtemp())
made_up = "gsk_" + "a1B2c3D4e5F6" * 3  # nobody's key, but of a key's form
lines = ['client = OpenAI(api_key=os.environ["GROQ_API_KEY"])', f'client = OpenAI(api_key="{made_up}")']
(folder / "homework.py").write_text("\n".join(lines), encoding="utf-8")
for leak in scan_files([folder]):
    print("line", leak.line, "looks like", leak.what, leak.shown)

# %% [markdown]
# In a terminal: `selfhost apis scan FOLDER`. The course's own check does it with every notebook,
# outputs included. If it happens: **revoke the key first**, at the provider; deleting the line
# does not help, because the history keeps it.

# %% [markdown]
# One thing on the side: section 8 asks through **LiteLLM**, a library that takes ten seconds to
# import. It lives in another environment; we start it there now, and look at its answer later.

# %% tags=["nbval-ignore-output"]
from selfhost import KitError
from selfhost.apis import litellm

try:
    other = litellm.start(litellm.PROGRAM, at.model, at.openai_url, "What is a token?")
    print("started")
except KitError as missing:
    other = None
    print(missing)

# %% [markdown]
# ## 3. What does an API let you set?
#
# The documentation lists parameters. An answer with status 200 says that nobody complained. Both
# are not the same as *it had an effect*. Take these four, sent to our endpoint through OpenAI's
# API: `top_k`, `n`, `tools`, and `temprature` (misspelt).

# %% tags=["nbval-ignore-output"]
from selfhost.widgets.predict import predict

misspelt = predict(
    "What happens to the misspelt `temprature: 0`?",
    ["an error: unknown parameter", "it is corrected", "it is ignored in silence"],
)
misspelt

# %% [markdown]
# The probe sends each parameter with a value whose effect can be *seen*: with `top_k` 1, answers
# that differed become equal; with `stop`, a text ends before a word that it contained. About
# thirty short answers:

# %% tags=["nbval-ignore-output"]
from selfhost.apis import Target
from selfhost.apis.probe import probe

v1 = probe(Target.of(at, "openai"))
show.table([(f.parameter, f.sent, f.found, f.why) for f in v1],
           ["parameter", "sent", "found", "why"])

# %% [markdown]
# Compare the last lines with your guess:

# %% tags=["nbval-ignore-output"]
misspelt.reveal("it is ignored in silence", {
    "an error: unknown parameter": "Some servers do that; most do not."})

# %% [markdown]
# The same model behind two doors: OpenAI's API and Ollama's. The picture has one field for each
# parameter and door; a dash means that this door has no such field.

# %% tags=["nbval-ignore-output"]
from selfhost.apis.pictures import fields, words

doors = {"/v1 (OpenAI)": v1}
if "ollama" in at.apis:
    doors["/api (Ollama)"] = probe(Target.of(at, "ollama"))
show.picture(fields(doors, f"{at.model}: what each door reads"), words(doors))

# %% [markdown]
# Ours reads nearly everything, because it is yours: nobody has to be protected from you. What do
# hosted ones say on their pages? (With a key, ask them instead: `selfhost apis probe groq`.)

# %%
rented = [p for p in providers().values() if p.needs_key]
read = [str(source["read"]) for p in rented for source in p.sources]
show.table(
    [(p.name, ", ".join(p.beyond) or "–", ", ".join(p.refuses) or "none named",
      "; ".join(p.notes) or "–") for p in rented],
    ["provider", "beyond OpenAI's set", "refuses", "does unasked"],
    caption=f"as their pages said, read {', '.join(sorted(set(read)))}; – means that a page says nothing",
)

# %% [markdown]
# Two of these lines cost people weeks. A **router** such as OpenRouter drops parameters that the
# chosen host does not know, unless you ask it not to; and the same model name may be served by
# several hosts, in different precision. For a study, pin both in the request:

# %%
import json

pinned = {"provider": {"require_parameters": True, "quantizations": ["bf16"], "allow_fallbacks": False}}
asked = provider("openrouter").request("google/gemma-3-4b-it", "What is a token?", temperature=0, **pinned)
print(json.dumps(asked.body, indent=1))

# %% [markdown]
# And some things no parameter shows you, with any hosted model: the checksum of the weights that
# answered, the engine and its build, the number format of the cache, and who else was in the
# batch. Our own server tells all of it, in an extra field of its `usage`:

# %% tags=["nbval-ignore-output"]
stack = answer.usage.model_dump().get("selfhost") or {"this server": "tells nothing of it"}
for part in ("engine", "model", "serving", "this server"):
    if part in stack:
        print(part, stack[part])

# %% [markdown]
# ## 4. Streaming
#
# A model writes token by token. Without streaming you wait for the last one; with it you read
# along. Does streaming make the answer come *sooner*?

# %% tags=["nbval-ignore-output"]
sooner = predict(
    "With stream=True, compared to without:",
    ["the first word comes sooner, the last one does not", "all of it comes sooner",
     "it is slower, but looks better"],
)
sooner

# %% [markdown]
# We note the time of every piece, in three runs of each kind, and keep the quickest (other programs
# disturb a measurement):

# %% tags=["nbval-ignore-output"]
import time

story = [{"role": "user", "content": "Tell me a story."}]
call = {"model": at.model, "messages": story, "max_tokens": 120, "temperature": 0, "seed": 7}
whole_runs, streamed_runs = [], []
for _ in range(3):
    begin = time.perf_counter()
    whole = client.chat.completions.create(**call).choices[0].message.content
    whole_runs.append(time.perf_counter() - begin)
    begin, moments, text = time.perf_counter(), [], ""
    for piece in client.chat.completions.create(**call, stream=True):
        text += piece.choices[0].delta.content or ""
        moments.append((time.perf_counter() - begin, len(text)))
    streamed_runs.append(moments)
waited, moments = min(whole_runs), min(streamed_runs, key=lambda run: run[0])

# %% [markdown]
# In figures, and as a picture: what a reader has on the screen, over time.

# %% tags=["nbval-ignore-output"]
print(f"not streamed: all {len(whole)} characters after {waited * 1000:.0f} ms")
first, last = moments[0][0], moments[-1][0]
print(f"streamed: the first piece after {first * 1000:.0f} ms, the last after {last * 1000:.0f} ms")
fig, ax = show.figure(7, 3)
ax.step([1000 * t for t, _ in moments], [n for _, n in moments], where="post", label="streamed")
ax.step([0, 1000 * waited, 1000 * max(waited, last)], [0, len(whole), len(whole)],
        where="post", label="not streamed")
ax.set_xlabel("milliseconds since the request")
ax.set_ylabel("characters to read")
ax.legend(frameon=False)
show.head(ax, "What is on the screen")
show.picture(fig, f"Streamed, the text grows from {first * 1000:.0f} ms on in small steps; "
             f"not streamed, nothing is there until {waited * 1000:.0f} ms, then all of it.")

# %% [markdown]
# Your guess:

# %% tags=["nbval-ignore-output"]
sooner.reveal("the first word comes sooner, the last one does not",
              {"all of it comes sooner": "The model does not write faster because you watch."})

# %% [markdown]
# With a small model on your own machine nobody notices. (The last word may even come *later*: each
# piece is a message of its own, and with thousands of tokens a second sending them takes longer
# than computing them.) With a model that writes ten tokens a second, an answer of 300 tokens takes
# half a minute, and streaming is the difference between reading and staring. On the wire these are
# *server-sent events*: lines that begin with `data:`.

# %% [markdown]
# ## 5. Answers that a program can read
#
# A program wants `{"answer": "yes"}`, not “Sure! Here is …”. Asking nicely helps sometimes. A
# **JSON schema** in `response_format` helps always: at each step the engine forbids all tokens that
# would break the form.

# %% tags=["nbval-ignore-output"]
def structured(text, schema, limit=40):
    """One question whose answer must fit the schema; the text and why it ended."""
    form = {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}
    reply = client.chat.completions.create(
        model=at.model, messages=[{"role": "user", "content": text}],
        temperature=0, max_tokens=limit, response_format=form)
    return reply.choices[0].message.content, reply.choices[0].finish_reason


word = {"type": "object", "properties": {"answer": {"type": "string", "maxLength": 20}},
        "required": ["answer"], "additionalProperties": False}
for text in ("What is the capital of France?", "Is the sky blue?", "¿Cuál es la capital de Francia?"):
    print(structured(text, word))

# %% [markdown]
# Each answer is valid JSON (with a little model, too). Now two traps. What will a model say if
# the form leaves it only a choice among three cities?

# %% tags=["nbval-ignore-output"]
cities = {"enum": ["Paris", "Madrid", "London"]}
for text in ("What is the capital of France?", "What is 3 plus 4?"):
    print(text, *structured(text, cities))

# %% [markdown]
# It says a city, whatever you ask: **a schema forces the form, not the sense.** Even the first may
# be wrong although the model knew it a moment ago, because the words with which it would have begun
# were forbidden. A wrong answer in perfect JSON is harder to notice than a wrong sentence. So give
# the model a way out (`"none of these"`), and check the content, too.
#
# The second trap is in the last value of each line: the reason why the answer ended.

# %% tags=["nbval-ignore-output"]
text, reason = structured("What is 3 plus 4?", word)
print(repr(text))
print("ended because of:", reason)

# %% [markdown]
# If it says `length`, the answer was cut off and is *no* JSON: small models sometimes write blanks
# for ever, which JSON allows. Always set `max_tokens`, always look at `finish_reason`, and let a
# library check the result (`pydantic`, `jsonschema`).

# %% [markdown]
# ## 6. Tools, as the API sees them
#
# “The model calls a function” is a figure of speech. Who runs the function?

# %% tags=["nbval-ignore-output"]
runs = predict(
    "The model was told of a function `add(a, b)`. Who runs it?",
    ["the model", "the server", "your program"],
)
runs

# %% [markdown]
# This is what your program sends along: a description, made from the function itself.

# %%
from selfhost.apis.tools import converse, describe


def add(a: int, b: int) -> int:
    """The sum of two whole numbers."""
    return a + b


print(json.dumps(describe(add), indent=1))

# %% [markdown]
# The conversation then has four messages: your question; the model's wish (`tool_calls`: a name,
# and arguments as text); **your program's** result (`role: tool`); the model's answer in words.
# `converse` does that, and runs only functions that you named, with arguments that it has
# checked. Does the model here know about tools?

# %% tags=["nbval-ignore-output"]
from openai import BadRequestError

try:
    for message in converse(client, at.model, "What is 3 plus 4?", [add], max_tokens=200):
        print(message)
except BadRequestError as refusal:
    print("refused:", refusal.body["message"])

# %% [markdown]
# A refusal is the honest answer of a server whose model was never trained for it (aprendiz was
# not, and `gemma3:1b` has no place for tools in its template either). A server that merely ignores
# the field lets you wait for calls that never come. On paper, the four messages:
#
# ```json
# {"role": "user", "content": "What is 3 plus 4?"}
# {"role": "assistant", "tool_calls": [{"id": "c1", "type": "function",
#   "function": {"name": "add", "arguments": "{\"a\": 3, \"b\": 4}"}}]}
# {"role": "tool", "tool_call_id": "c1", "content": "7"}
# {"role": "assistant", "content": "It is 7."}
# ```

# %%
runs.reveal("your program", {
    "the model": "It only writes text; some of it happens to name a function.",
    "the server": "Some hosted services run tools of their own, such as a search; yours, never."})

# %% [markdown]
# What comes from a model comes from outside: check the arguments, allow few functions, and never
# pass them to a shell.

# %% [markdown]
# ## 7. A bad day
#
# APIs fail: too many requests, a fault on their side, a page of HTML where JSON should be, or
# silence. `BadDay` is a real server on this computer that misbehaves by a script; where the
# script says `ok`, your model answers. First without any patience:

# %% tags=["nbval-ignore-output"]
from selfhost.apis import ask
from selfhost.apis.badday import BadDay
from selfhost.apis.call import ApiTrouble

for fault in ("429", "500", "garbage", "hang", "401"):
    with BadDay([fault]) as day:
        try:
            ask(Target(day.url, at.model), "Hello!", tries=1, timeout=0.3)
        except ApiTrouble as trouble:
            print(f"{fault:8}", trouble)

# %% [markdown]
# One sentence each, and what to do. But for which of the five does it help to ask again?

# %% tags=["nbval-ignore-output"]
again = predict("Ask again after which fault?", [
    "after all five", "after 429, 500, garbage and silence, not after 401", "only after 429"])
again

# %% [markdown]
# A patient program waits, and asks again; after each failure it waits **twice as long**, with a bit
# of chance in it. (Why chance? Thirty laptops that failed at the same moment would otherwise come
# back at the same moment.) A `Retry-After` from the server counts more.

# %% tags=["nbval-ignore-output"]
with BadDay(["429", "500", "garbage", "ok"], then=at.openai_url) as day:
    reply = ask(Target(day.url, at.model, at.api_key), "Hello!", first_wait=0.1, max_tokens=30)
show.table([(n, a.status, a.what, f"{a.waited:.2f} s") for n, a in enumerate(reply.attempts, 1)],
           ["try", "status", "what happened", "then waited"])

# %% [markdown]
# On the fourth try there was an answer:

# %% tags=["nbval-ignore-output"]
print(reply.text)
again.reveal("after 429, 500, garbage and silence, not after 401",
             {"after all five": "A wrong key is as wrong the second time."})

# %% [markdown]
# OpenAI's client does this by itself, twice unless you say otherwise: `OpenAI(max_retries=5,
# timeout=30)`. Know that it does: a program that "hangs" is often one that retries; its timeout is
# ten minutes unless you set one (openai 3.52); and each retry of a paid API may cost. How often
# does it ask here?

# %% tags=["nbval-ignore-output"]
from openai import APIStatusError

with BadDay(["429"]) as day:
    impatient = OpenAI(base_url=day.url, api_key="x", max_retries=2)
    try:
        impatient.chat.completions.create(model=at.model, messages=story)
    except APIStatusError as error:
        print(f"status {error.status_code} after {day.seen} requests")

# %% [markdown]
# ## 8. Frameworks on the same endpoint
#
# **LangChain** builds chains of steps, prompt → model → parser. It speaks to an address, like
# everybody:

# %% tags=["nbval-ignore-output"]
from langchain_core.prompts import ChatPromptTemplate
from langchain_openai import ChatOpenAI

model = ChatOpenAI(base_url=at.openai_url, api_key=at.api_key, model=at.model,
                   max_tokens=60, temperature=0)
chain = ChatPromptTemplate.from_template("What is {thing}?") | model
print(chain.invoke({"thing": "quantization"}).text)

# %% [markdown]
# **LiteLLM** gives one function, `completion`, for over a hundred providers, and a proxy that
# spreads requests over several servers. Here it lives in an environment of its own: version 1.106
# asks for `openai < 3`, and this course uses 3. Two libraries that cannot agree on a third get two
# environments; that is what environments are for. The program that section 2 started there:

# %%
print(litellm.PROGRAM)

# %% [markdown]
# And what it printed:

# %% tags=["nbval-ignore-output"]
try:
    print(other.result() if other else "not run: there is no such environment here")
except KitError as failed:
    print(failed)

# %% [markdown]
# ## 9. What does a call cost?
#
# Every answer carries its `usage`, and that is what you are billed for: tokens read and tokens
# written, at different prices. Prices change; the one below is an **example value** from a third
# party's list (the data set *ai-pricing-matrix-2026*, snapshot of 2026-09-26, an 8-billion-parameter
# model at a hosted provider, dollars per million tokens). Put in your provider's own.

# %%
from selfhost.apis import Price, Usage, cost

PRICE = Price(prompt=0.05, completion=0.08, read="2026-09-26",
              source="huggingface.co/datasets/gemmozero/ai-pricing-matrix-2026")

# %% [markdown]
# Our first answer, at that price; and a class: 30 students, 40 questions each, with the whole
# conversation sent again every time, say 800 tokens in and 200 out.

# %% tags=["nbval-ignore-output"]
first = Usage.of(answer.model_dump())
print(f"one question ({first.prompt} + {first.completion} tokens): {cost(first, PRICE):.8f} {PRICE.currency}")
lesson = Usage(prompt=30 * 40 * 800, completion=30 * 40 * 200)
print(f"a class: {lesson.prompt + lesson.completion:,} tokens, {cost(lesson, PRICE):.3f} {PRICE.currency}")

# %% [markdown]
# So little? For a small model and a class, yes: price alone is no reason to host a small model
# yourself. The reasons are the others: control, privacy, repeatability, no account and no network
# in the room. For large models and steady load the sum looks different: notebook 04, hardware and
# money, does it in full. OpenRouter's list of models carries prices that a program can read
# (`Price.listed`); most others have a page.

# %% [markdown]
# ## Check yourself
#
# **1.** Your program works with your own endpoint. What do you change to use Groq?
#
# <details><summary>Answer</summary>
#
# `base_url`, the key (from the environment), the model's name. Then look at your settings: Groq's
# page says that it refuses `logprobs` and `logit_bias`, and turns temperature 0 into 1e-8.
#
# </details>
#
# **2.** You set `top_k` at a hosted API and got status 200. Was it used?
#
# <details><summary>Answer</summary>
#
# Nobody knows. Ask several times with `top_k` 1 and a high temperature: if the answers still
# differ, it was ignored.
#
# </details>
#
# **3.** A student's notebook with a key in an *output* was pushed an hour ago, and the cell has
# been cleared since. Is all well?
#
# <details><summary>Answer</summary>
#
# No: it is in the history, and perhaps already copied. Revoke the key.
#
# </details>
#
# **4.** Your JSON answers are cut off now and then. Where do you look first?
#
# <details><summary>Answer</summary>
#
# At `finish_reason`: `length` says that `max_tokens` ended the answer.
#
# </details>
#
# **5.** Thirty laptops get 429 at once. Why should they not all wait two seconds?
#
# <details><summary>Answer</summary>
#
# Because they would all come back together and get 429 again. Waits with chance in them spread
# the requests.
#
# </details>
