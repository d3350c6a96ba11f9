# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
#   kit:
#     title: Thirty laptops are an experiment
#     minutes: 10
#     exercises: 35
#     objectives:
#       - run a small experiment so that others can repeat it
#       - compare the results of a room, and say which laptops agree
#       - find the field of two stack cards that explains a difference
#       - say what equal results allow to claim, and what they do not
#     needs: [endpoint]
#     next: 15_silent_hyperparameter
# ---

# %% [markdown]
# Everybody in the room has the same model file (its hash says so), the same prompts and the same
# settings. The laptops differ: other processors, other systems, other years. **Will all of you get
# the same text, byte for byte?** Nobody here knows it beforehand, the teacher neither. In this lab
# the room itself is the experiment.
#
# You need notebook 14. If you are alone, your machine will play several laptops, with really
# different set-ups; the measurements are as real as in a room.

# %% tags=["nbval-ignore-output"]
from selfhost.endpoint import endpoint

at = endpoint()
print(at.describe())

# %% [markdown]
# Commit yourself before anybody runs anything.

# %% tags=["nbval-ignore-output"]
from selfhost.widgets.predict import predict

guess = predict(
    "Thirty different laptops, everything pinned. How many groups of identical results?",
    ["one: all agree", "two or three", "nearly thirty"],
)
guess

# %% [markdown]
# ## 1. Run it
#
# Six prompts, English and Spanish, temperature 0, top_k 1, a seed, no penalties, in reproducible
# mode: everything that notebook 14 taught to pin is pinned.

# %%
from selfhost.classroom import lab5

print(lab5.PINNED)
for prompt in lab5.PROMPTS:
    print("-", prompt)

# %% [markdown]
# This takes some seconds. What comes back is a **stack card**: what ran, and the hashes of the six
# outputs. (Hashes, not texts: enough to compare, and short.)

# %% tags=["nbval-ignore-output"]
mine = lab5.run_here(at)
for key, digest in mine.run.outputs.items():
    print(digest[:16], key)

# %% [markdown]
# Read what will leave your machine. There is no name in it, no address, no path; if you find
# something that says who you are, do not send it, and tell us.

# %% tags=["nbval-ignore-output"]
from selfhost import stackcard

print(stackcard.paragraph(mine))

# %% [markdown]
# ## 2. Who agrees with whom?
#
# **Exercise 1.** Write a function that gets a list of results and returns groups: a list of lists
# of the laptops' numbers, where all laptops in a group have the same outputs. Each result has
# `number` and `outputs` (a dictionary: generation → hash).

# %%
from selfhost.checks import Checks

check = Checks("Lab 5")


def groups_of(results):
    ### BEGIN HINT
    # Two dictionaries are equal when all their keys and values are; a tuple of the sorted items
    # can be the key of another dictionary.
    ### END HINT
    ### BEGIN SOLUTION
    groups = {}
    for result in results:
        same = tuple(sorted(result.outputs.items()))
        groups.setdefault(same, []).append(result.number)
    return list(groups.values())
    ### END SOLUTION


check("1", "laptops with the same outputs are in one group", lab5.check_groups, groups_of)

# %% [markdown]
# ## 3. Send it, or play the room
#
# **In a class:** the teacher's board shows an address and a join code. Put them here, and a
# nickname if you like (it will be seen by everybody).

# %% tags=["nbval-ignore-output"]
from selfhost import classroom

BOARD, CODE, NICKNAME = "", "", ""

if BOARD:
    print("You are laptop number", classroom.submit(mine, BOARD, CODE, NICKNAME))
else:
    print("No board is named here: nothing was sent. Go on with the next cell.")

# %% [markdown]
# **Alone, or while the others are still running:** your machine plays four laptops. The first two
# are set up alike; the third has the same model with 8-bit weights (or, with another model than
# the course's own, another temperature); and on the fourth somebody forgot an old setting, a
# repetition penalty. All four really run.

# %% tags=["nbval-ignore-output"]
cards = {set_up.name: lab5.run_here(at, set_up) for set_up in lab5.set_ups(at)}
print(len(cards), "cards:", ", ".join(cards))

# %% [markdown]
# A board of your own, on this machine only, collects them. It is the same program that the
# teacher's laptop runs (`selfhost board`).

# %% tags=["nbval-ignore-output"]
import httpx

with lab5.own_board() as (address, code):
    for name, card in cards.items():
        classroom.submit(card, address, code, name, laptop=name)
    board = httpx.get(f"{address}/api/board").json()
print(board["sentence"])

# %% [markdown]
# The board as a picture of letters: one line per laptop, one column per prompt; the same letter in
# a column is the same output.

# %% tags=["nbval-ignore-output"]
from selfhost import show

letters = [["abcdef"[rank] if rank >= 0 else "-" for rank in line] for line in board["matrix"]]
show.table(
    [(laptop["name"], laptop["group"], " ".join(line))
     for laptop, line in zip(board["laptops"], letters, strict=True)],
    ["laptop", "group", "six outputs"],
)

# %% [markdown]
# Your function and the board's should agree. (The board's groups are built in the same way.)

# %%
results = [classroom.Result(n, name, card) for n, (name, card) in enumerate(cards.items(), 1)]
theirs = [list(group.members) for group in classroom.analyse(results).groups]
print("the same groups:", sorted(groups_of(results) or []) == sorted(theirs))

# %% [markdown]
# ## 4. What may you claim?
#
# Suppose thirty laptops sent six generations each, and all are identical. **Exercise 2.** At 95 %
# confidence, at most what share of such laptops would differ from the first one? Use
# `determinism.at_most(comparisons)`, and think about what counts as one comparison.

# %%
from selfhost import determinism

share = None
### BEGIN HINT
# How many independent machines were compared with the first one?
### END HINT
### BEGIN SOLUTION
share = determinism.at_most(30 - 1)
### END SOLUTION
check("2", "what thirty equal laptops show", lab5.check_claim, share, 30, 6)

# %% [markdown]
# And "such laptops" are those of people who come to workshops like this one. A phone, a GPU server
# or next year's version of the engine is not among them.

# %% [markdown]
# ## 5. Find the cause
#
# Two laptops differ. Their cards say what ran; `differences` puts side by side what is not equal,
# the likeliest cause first. This is laptop 1 against laptop 3:

# %% tags=["nbval-ignore-output"]
first, _, third, forgot = cards.values()
for found in stackcard.differences(first, third)[:4]:
    print(f"{found.field}: {found.why}")

# %% [markdown]
# **Exercise 3.** And laptop 4, "a hidden penalty"? Compare its card with laptop 1's, and name the
# field that explains the difference.

# %%
field = None
### BEGIN HINT
# Print the differences of `first` and `forgot` as in the cell above.
### END HINT
### BEGIN SOLUTION
field = stackcard.differences(first, forgot)[0].field
### END SOLUTION
check("3", "the field that explains laptop 4", lab5.check_cause, field, first, forgot)

# %% [markdown]
# Without its card you would have looked at laptop 4 for a long time: same model, same engine, same
# machine. This is why a result should come with a card.

# %% [markdown]
# ## 6. Back to your guess
#
# In a class, look at the board now, and discuss: which groups are there, and which field tells
# them apart? Alone, you have seen that one machine with one set-up agrees with itself, and that
# one setting is enough to part.

# %% tags=["nbval-ignore-output"]
again = cards["as everybody"].run.outputs == cards["once more"].run.outputs
print("the same set-up twice on this machine, the same outputs:", again)
print(check.summary())
