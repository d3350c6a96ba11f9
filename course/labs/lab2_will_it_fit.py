# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
#   kit:
#     title: Will it fit, will it pay?
#     minutes: 10
#     exercises: 35
#     objectives:
#       - write the memory arithmetic yourself, and check it against a real process
#       - choose the largest model that fits a given machine and class
#       - bound the speed of a machine that you do not have
#       - answer "does it pay?" for a case of your own, with its uncertainty
#     needs: []
#     next: 05_ollama
# ---

# %% [markdown]
# Your department wants to host a model for a class. Three people ask you three questions: the
# technician, **does it fit** into the machine in the corner? The teacher, **is it fast enough**? The
# head of department, **does it pay**? You need notebook 04. This time you write the formulas.

# %%
from selfhost import show, sizing
from selfhost.checks import Checks
from selfhost.sizing import lab2

check = Checks("Lab 2")

# %% [markdown]
# ## 1. The weights
#
# **Exercise 1.** Bytes of the weights of a model with `parameters` parameters at `bits` bits per
# weight. (`bits` may be a fraction: Q4_0 takes 4.5.)

# %%
def weight_bytes(parameters, bits):
    ### BEGIN HINT
    # A byte has eight bits.
    ### END HINT
    ### BEGIN SOLUTION
    return parameters * bits / 8
    ### END SOLUTION


check("1", "bytes from parameters and bits", lab2.check_weights, weight_bytes)

# %% [markdown]
# ## 2. The KV cache
#
# A `shape` knows `layers`, `kv_heads` (one number per layer), `head_dim`, `window` (tokens, or `None`)
# and `is_global(layer)`: whether this layer sees the whole context. The others keep the window only.
#
# **Exercise 2.** Bytes of the cache for `tokens` tokens of context and one user, in float16 (2 bytes per
# number). For each token and layer there are a key *and* a value.

# %%
def cache_bytes(shape, tokens):
    ### BEGIN HINT
    # Go over the layers and add up: how many tokens does this one keep? A context that is shorter
    # than the window fills only a part of it.
    ### END HINT
    ### BEGIN SOLUTION
    total = 0
    for layer in range(shape.layers):
        window = shape.window or tokens
        kept = tokens if shape.is_global(layer) else min(tokens, window)
        total += shape.kv_heads[layer] * shape.head_dim * 2 * 2 * kept
    return total
    ### END SOLUTION


check("2", "the cache with its window", lab2.check_cache, cache_bytes)

# %% [markdown]
# ## 3. Does it fit?
#
# The machine in the corner has a card with **24 GB**. The class: **12 students** at the same time, each
# with **8,192 tokens** of context. These models are for choice, in Q4_K_M (take 4.9 bits per weight; the
# smallest one has more, but it is the smallest), and 1 GB should stay free for everything else.

# %%
names = ["gemma3:1b", "gemma3:4b", "qwen3:8b", "gemma3:12b", "gemma3:27b"]
shapes = sizing.published_shapes()
show.table([(n, f"{shapes[n].parameters / 1e9:.1f} billion", shapes[n].layers, shapes[n].window or "none")
            for n in names], ["model", "parameters", "layers", "window (tokens)"])

# %% [markdown]
# Commit yourself before you compute: which is the largest that fits?

# %% tags=["nbval-ignore-output"]
from selfhost.widgets.predict import predict

guess = predict("24 GB, 12 students with 8,192 tokens each. The largest that fits:", names)
guess

# %% [markdown]
# **Exercise 3.** Fill in `needs` (name → bytes) with your two functions, look at the table, and put the
# name of the largest model that fits (by number of parameters) into `choice`.

# %%
users, context, limit = 12, 8192, 23e9
needs, choice = {}, None
### BEGIN HINT
# The weights are there once; the cache once for each student.
### END HINT
### BEGIN SOLUTION
for name in names:
    cached = cache_bytes(shapes[name], context)
    needs[name] = weight_bytes(shapes[name].parameters, 4.9) + users * cached
choice = max((n for n in names if needs[n] <= limit), key=lambda n: shapes[n].parameters)
### END SOLUTION
for name, need in needs.items():
    print(f"{name:11} {need / 1e9:5.1f} GB", "fits" if need <= limit else "does not fit")

# %% [markdown]
# Is it so?

# %%
fits = {n: 4.9 / 8 * shapes[n].parameters
        + users * sum(sizing.kv_cache(shapes[n], context)) <= limit for n in names}
check("3", "the largest model that fits", lab2.check_choice, choice, fits, names)
if "3" not in check.open:
    display(guess.reveal(choice))

# %% [markdown]
# Look at qwen3:8b: it takes more than the 12b model, since twelve caches *without* a window take three
# times its weights. "An 8b model in 4 bits fits into 6 GB" is true for one user with a short context,
# and does not help you with a class.
#
# ## 4. Is the arithmetic true?
#
# Trust it only after a measurement. The course's own model, loaded by llama.cpp in a process of its own
# with a full context, once small and once large. What is not in the formula (code, threads, vocabulary)
# is in both and drops out of the difference:

# %% tags=["nbval-ignore-output"]
from selfhost.sizing import measure
from selfhost.sizing.measure import Load

model = sizing.read("aprendiz")
one = measure.load(model.path, Load(context=256, cache="f32"))
eight = measure.load(model.path, Load(context=2048, cache="f32", slots=8))
computed = (sizing.memory(model, 2048, cache="f32", slots=8).total
            - sizing.memory(model, 256, cache="f32").total)
print(f"measured {(eight.cost - one.cost) / 1e6:.1f} MB more, computed {computed / 1e6:.1f} MB more")

# %% [markdown]
# ## 5. Is it fast enough?
#
# The card reads **400 GB/s** (its data sheet says so). Reading aloud goes at about 4 tokens per second;
# people who read on a screen like 10 or more.
#
# **Exercise 4.** At most how many tokens per second can a single student get from a model with 7.3 GB of
# weights on this card?

# %%
bandwidth, weights = 400e9, 7.3e9
at_most = None
### BEGIN HINT
# Every token reads every weight once.
### END HINT
### BEGIN SOLUTION
at_most = bandwidth / weights
### END SOLUTION
check("4", "a bound on the speed", lab2.check_speed, at_most, bandwidth, weights)

# %% [markdown]
# ## 6. Does it pay?
#
# **Exercise 5.** Months until a purchase has paid for itself, given its price and the monthly costs of
# the API and of running the machine (all in EUR). If it never does, return `None`.

# %%
def months_to_pay_back(purchase, api, own):
    ### BEGIN HINT
    # What is saved in a month? And if that is nothing, or less than nothing?
    ### END HINT
    ### BEGIN SOLUTION
    saved = api - own
    if saved <= 0:
        return None
    return purchase / saved
    ### END SOLUTION


check("5", "months, or never", lab2.check_months, months_to_pay_back, sizing.assumptions())

# %% [markdown]
# **Now your own case.** Change at least three of the values to those of your department (three values
# each, from good to bad for self-hosting; one number if you are sure). Where do you get them? The invoice
# of the last computer, the electricity bill, somebody who writes down the hours.

# %% tags=["nbval-ignore-output"]
from selfhost.sizing import pictures

mine = sizing.assumptions().but(
    demand=(200, 100, 20),      # million tokens a month
    maintenance=(0.5, 1, 2),    # hours a month
    api_price=(3.0, 1.0, 0.5),  # EUR per million tokens
)
for verdict in sizing.compare(mine).values():
    print(verdict)

# %% [markdown]
# And what does your result hang on? Those are the values to find out better before anybody signs.

# %% tags=["nbval-ignore-output"]
show.picture(
    pictures.tornado(mine),
    "What each assumption moves: " + "; ".join(
        f"{q.what}: from {bad:,.0f} to {good:,.0f} EUR"
        for q, good, bad in sizing.cost.sensitivity(mine)[:3]),
)

# %% [markdown]
# ## 7. Answer the three people
#
# **Exercise 6** (with your neighbour). Three sentences, one for each: what you would tell the technician,
# the teacher and the head of department. A number, its range, and what you would measure next.

# %% [markdown] tags=["solution"]
# One possible answer: *To the technician:* gemma3:12b in 4 bits needs about 18 GB for twelve students
# with 8,192 tokens each, so the 24 GB card holds it; 27b would not fit. *To the
# teacher:* one student gets at most 55 tokens per second, twelve at once less each; I will measure it
# with our real questions. *To the head of department:* with the typical values it does not pay back
# against an API, in the good case it does within a year; what decides is how much we use and who looks
# after the machine, so let us count both for a month before we buy.

# %%
print(check.summary())
