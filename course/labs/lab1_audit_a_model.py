# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
#   kit:
#     title: Audit a model
#     minutes: 15
#     exercises: 60
#     objectives:
#       - tell a licence by its text, not by its title
#       - describe a release in the format of the Model Openness Tool, each part with its evidence
#       - derive the class of a release, and defend it with file, words and rule
#       - say where two definitions disagree about the same release
#     needs: []
#     next: 03_apis
# ---

# %% [markdown]
# You are asked for advice: three models are on the table, all three "open". Which of them may your
# university run, change, pass on, and check? In this lab you open the releases and find out. All
# three are **fictional**: the firms, the university and the scores do not exist, and the weights
# are random numbers. The tricks are taken from life.
#
# You need notebook 02 (the classes and their requirements). Each exercise has a check that says
# where to look next; it never shows an error of Python's.

# %%
from selfhost.checks import Checks
from selfhost.openness import lab1

check = Checks("Lab 1")
for name in lab1.RELEASES:
    print(f"{name}: {', '.join(lab1.files(name))}\n")

# %% [markdown]
# ## 1. Read the licences
#
# Each release has a file called LICENSE, and each has a model card (README.md) that says a licence
# too. Begin with the card of Halcón.

# %%
lab1.show_file("halcon", "README.md")

# %% [markdown]
# And now what it refers to. Read it to the end.

# %%
lab1.show_file("halcon", "LICENSE")

# %% [markdown]
# The other two are long. The beginning is enough here; the audit compares the rest, word by word,
# with the standard text.

# %%
lab1.show_file("alondra", "LICENSE", 6)
lab1.show_file("teide", "LICENSE", 6)

# %% [markdown]
# **Exercise 1.** Which licence does each LICENSE file really contain? Choose from `"MIT"`,
# `"Apache-2.0"`, `"CC-BY-4.0"` and `"a changed text"` (a standard licence with words added).

# %%
licence = {"halcon": ..., "alondra": ..., "teide": ...}
### BEGIN HINT
# MIT has three paragraphs: a permission, one condition, and a disclaimer in capitals.
### END HINT
### BEGIN SOLUTION
licence["halcon"] = "a changed text"
licence["alondra"] = "Apache-2.0"
licence["teide"] = "Apache-2.0"
### END SOLUTION

# %% [markdown]
# Ask the check. It compares with the texts themselves, and hints where to read again.

# %%
check("1", "the licences", lab1.licences, licence)

# %% [markdown]
# ## 2. Describe Alondra
#
# Alondra says that "everything that we used to make it is in this folder". We do not believe that,
# and we do not deny it: we list the parts, each with a file that shows it. Here are the files
# again, and one of them in full.

# %%
print("\n".join(lab1.files("alondra")))
lab1.show_file("alondra", "README.md")

# %% [markdown]
# These are the components that the Model Openness Framework knows, with what each is in plain
# words.

# %%
from selfhost import show
from selfhost.openness import components

show.table([(c.name, c.plain) for c in components().values()], ["component", "what it is"])

# %% [markdown]
# **Exercise 2.** For each component that Alondra publishes, name one file that shows it. Leave out
# what is not there. One file may show two things. Open files when the name is not enough:
# `lab1.show_file("alondra", "docs/report.md")`.

# %%
found = {
    "Model architecture": "model.py",
    "Evaluation results": "README.md",  # a table of scores in the card
    "Model metadata": "train_log.jsonl",
}
### BEGIN HINT
# found["Data card"] = "the file that says where the data comes from"
# There are eleven more. Go through the list of components from top to bottom.
### END HINT
### BEGIN SOLUTION
found["Model parameters (Final)"] = "model.safetensors"
found["Model parameters (Intermediate)"] = "checkpoints/step-21000.safetensors"
found |= {"Model card": "README.md", "Data card": "DATA_CARD.md"}
found |= {"Technical report": "docs/report.md", "Research paper": "docs/paper.md"}
found |= {"Training code": "train.py", "Inference code": "inference.py"}
found |= {"Datasets": "data/corpus.jsonl", "Data preprocessing code": "prepare_data.py"}
found["Supporting libraries and tools"] = "requirements.txt"
### END SOLUTION

# %% [markdown]
# Check your list. A hint names one part that is still missing, or one that is not there.

# %%
check("2", "the parts of Alondra", lab1.found_parts, "alondra", found)

# %% [markdown]
# A part counts only under an open licence. Alondra has three LICENSE files; the nearest one above
# a file decides.
#
# **Exercise 3.** Which licence covers the code, the data, and the documents in `docs/`? Use SPDX
# identifiers.

# %%
licences = {"code": ..., "data": ..., "documentation": ...}
### BEGIN HINT
# lab1.show_file("alondra", "data/LICENSE")
### END HINT
### BEGIN SOLUTION
licences["code"] = "Apache-2.0"
licences["data"] = licences["documentation"] = "CC-BY-4.0"
### END SOLUTION

# %% [markdown]
# Check the three licences.

# %%
check("3", "licences by kind", lab1.scope_licences, "alondra", licences)

# %% [markdown]
# Parts and licences together are a description. (The weights are data by kind, but they lie beside
# the code: the nearest LICENSE gives them a licence of their own, and so it does for the two
# cards.) This is the format in which the public Model Openness Tool keeps its list of models, so
# what you wrote could be sent there (for a real one).

# %%
done = all(value is not ... for value in licences.values())
text = lab1.description("alondra", found, licences) if done else "(after exercise 3)"
print(text[:700], "…")

# %% [markdown]
# ## 3. The classes
#
# **Exercise 4.** Now all three. Derive the class of each release by hand, from its files and the
# requirements in notebook 02: `"behind-app"`, `"directly accessible"`, `"available weights"`,
# `"open weight"`, `"open source"` or `"reproducible"`. Teide's files are short:

# %%
lab1.show_file("teide", "README.md")
lab1.show_file("teide", "REPORT.md")

# %% [markdown]
# Write down what you found.

# %%
classes = {"halcon": ..., "alondra": ..., "teide": ...}
### BEGIN HINT
# Climb from below: may anyone download the weights? Under an open licence? Is there code that
# trained them, and a description of the data? Is the data itself there?
### END HINT
### BEGIN SOLUTION
classes["halcon"] = "available weights"
classes["teide"] = "open weight"
classes["alondra"] = "reproducible"
### END SOLUTION

# %% [markdown]
# Check the classes: a hint says "too high" or "more than that", never which.

# %%
check("4", "the classes", lab1.classes, classes)

# %% [markdown]
# Once the check is content, compare your reading with that of the program, which looks at nothing
# but files. (In a terminal: `selfhost openness audit labs/data/halcon`.)

# %%
from selfhost.openness.audit import audit
from selfhost.openness.report import lines

if "4" in check.open:
    print("(after exercise 4)")
else:
    print("\n".join(lines(audit(lab1.folder("halcon")))))

# %% [markdown]
# **Exercise 5.** The Model Openness Framework is less content with Alondra than the spectrum is:
# it stops at class III. Which two components are missing for class II?

# %%
missing = []
### BEGIN HINT
# What would you need to measure the scores in the card again?
### END HINT
### BEGIN SOLUTION
missing = ["Evaluation code", "Evaluation data"]
### END SOLUTION

# %% [markdown]
# Check whether these two are what stops it.

# %%
check("5", "where the MOF stops", lab1.stops, missing)

# %% [markdown]
# The rules turn your description into a verdict, with reasons.

# %%
if "5" in check.open or not done:
    print("(after exercises 3 and 5)")
else:
    print("\n".join(lines(lab1.judged(text))))

# %% [markdown]
# So one definition says "everything to make it again", and another "not even open tooling". Both
# are right about what they ask. Which matters more for your use?

# %% [markdown]
# ## 4. Defend it
#
# **Exercise 6.** The sales team of Halcón writes: "It is under the MIT licence, hence open source."
# Answer in at least 40 words: in which file is the evidence, which words decide, which class is it
# and which is it not? The check looks for these four things; whether your argument convinces is
# for your neighbour to say. Swap and find out.

# %%
defence = ...
### BEGIN HINT
# "The card says …, but the file … adds: '…'. So …"
### END HINT
### BEGIN SOLUTION
defence = """The card says MIT, and the file LICENSE begins like MIT, but a paragraph was added:
products with more than 10,000 monthly active users and any use in education, health or public
administration need a commercial agreement. A condition on who may use it for what is against both
the Open Source Definition and the Open Weight Definition. The weights can be downloaded, under
conditions: the class is available weights, not open weight and not open source."""
### END SOLUTION

# %% [markdown]
# Check the form of your argument.

# %%
check("6", "your defence", lab1.defence, defence)

# %% [markdown]
# ## 5. A real one
#
# **Exercise 7.** Choose a real model from the catalogue, and one component about which the
# catalogue does not know anything. Look it up: on the model's page, in its repository, in its
# report. Note what you found, where, and on which day: pages change. This is how the catalogue
# grows.

# %%
from selfhost.openness.catalogue import find

entry = find("granite-code")
states = entry.verdict().states.values()
print([s.component.name for s in states if s.status in ("unknown", "unclear")])

# %% [markdown]
# Fill in the five values for a model of your choice. Without a network, use what you remember and
# write "not checked" into the fact.

# %%
model = unknown = fact = source = date = ...
### BEGIN HINT
# model = "an id from: selfhost openness list --kind model"
### END HINT
### BEGIN SOLUTION
model, unknown = "granite-code", "Training code"
fact = """Not checked again today: the workshop noted little information on training in 2024-11,
and the model card speaks of stages and data sets, not of a repository to train with."""
source, date = "https://github.com/ibm-granite", "2026-11-20"
### END SOLUTION

# %% [markdown]
# Check what you looked up.

# %%
check("7", "a real model", lab1.own_model, model, unknown, fact, source, date)

# %% [markdown]
# ## The end of the lab
#
# How far did you come?

# %%
print(check.summary())

# %% [markdown]
# **To discuss.** Is Alondra really reproducible when nobody can repeat its evaluation? What would
# Teide have to publish to be open source, and what would it lose? Who should check claims such as
# Halcón's: the platform, the customer, a regulator?
