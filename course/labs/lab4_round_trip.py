# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
#   kit:
#     title: "The round trip: an assistant that speaks"
#     minutes: 15
#     exercises: 45
#     objectives:
#       - join a recogniser, a language model and a voice into one loop, offline
#       - measure what each stage loses and how long it takes
#       - find the weakest stage by figures, not by feeling
#       - improve one thing and show the gain
#     needs: [endpoint, speech]
#     next: 13_beyond_text
# ---

# %% [markdown]
# Somebody asks aloud, this computer answers aloud, and nothing leaves it. All parts are here: Whisper
# (notebook 11), the endpoint, Coqui (notebook 12). Each of them makes errors, and errors add up: a
# word misheard is answered wrongly, in a fluent voice. You will build the loop, measure it, find its
# weakest stage, and make it better.
#
# The model that answers:

# %% tags=["nbval-ignore-output"]
import os

os.environ["OMP_NUM_THREADS"] = "1"  # for models this small, several cores only get in the way

from selfhost.endpoint import endpoint

at = endpoint()
print(at.describe())

# %% [markdown]
# And the questions: six recordings, by voices that the recogniser never heard in its training.

# %%
from selfhost import show, speech
from selfhost.speech import lab4

questions = lab4.questions()
show.table([(q.name, q.language, q.voice, q.text) for q in questions],
           ["question", "", "voice", "what is asked"])

# %% [markdown]
# One of them, to listen to:

# %% tags=["nbval-ignore-output"]
questions[0].sound

# %% [markdown]
# ## 1. Three stages
#
# **Exercise 1.** `hear` gets the path of a recording and returns two values: the text, and the code
# of its language ("en" or "es"). Nobody tells it the language.

# %%
from selfhost.checks import Checks

check = Checks("Lab 4")


def hear(path):
    ### BEGIN HINT
    # speech.transcribe(path) gives a transcript with .text and .language.
    ### END HINT
    ### BEGIN SOLUTION
    found = speech.transcribe(path)
    return found.text, found.language
    ### END SOLUTION


check("1", "hear", lab4.check_hear, hear)

# %% [markdown]
# **Exercise 2.** `think` gets a question as text and returns the model's answer as text. Use Ollama's
# client, as in notebook 05, with temperature 0 and a seed: an experiment needs the same answer to
# the same question.

# %% tags=["nbval-ignore-output"]
from ollama import Client

client = Client(host=at.ollama_url)
SYSTEM = ""  # what the model is told before the question: you will need it in part 4


def think(question):
    messages = [{"role": "system", "content": SYSTEM}] if SYSTEM else []
    messages += [{"role": "user", "content": question}]
    ### BEGIN HINT
    # client.chat(model=..., messages=..., options={...}); the text is in .message.content.
    ### END HINT
    ### BEGIN SOLUTION
    options = {"temperature": 0, "seed": 7}
    reply = client.chat(model=at.model, messages=messages, options=options)
    return reply.message.content
    ### END SOLUTION


check("2", "think", lab4.check_think, think)

# %% [markdown]
# **Exercise 3.** `say` gets a text and the code of its language and returns the sound. The check
# gives your sound to a listener.

# %% tags=["nbval-ignore-output"]
VOICE, SPEED = "voz", 1.0


def say(text, language):
    ### BEGIN HINT
    # speech.speak(text, language, voice, speed=...)
    ### END HINT
    ### BEGIN SOLUTION
    return speech.speak(text, language, VOICE, speed=SPEED)
    ### END SOLUTION


check("3", "say", lab4.check_say, say)

# %% [markdown]
# ## 2. The loop, with a stopwatch
#
# **Exercise 4.** `answer` goes through the three stages and returns what was heard, the reply, and its
# sound. Each stage runs inside `with watch(run, NAME):`, where `NAME` is `"hear"`, `"think"` or
# `"say"`, so that its time is kept.

# %% tags=["nbval-ignore-output"]
def answer(path, watch, run):
    heard = reply = sound = None
    ### BEGIN HINT
    # Three blocks, one for each name, one call in each. hear() gives two values.
    ### END HINT
    ### BEGIN SOLUTION
    with watch(run, "hear"):
        heard, language = hear(path)
    with watch(run, "think"):
        reply = think(heard)
    with watch(run, "say"):
        sound = say(reply, language)
    return heard, reply, sound
    ### END SOLUTION


check("4", "the whole loop", lab4.check_answer, answer)

# %% [markdown]
# The loop that you will measure is yours where check 4 passed, otherwise there is nothing to measure
# yet: go back to the first open check.

# %% tags=["nbval-ignore-output"]
if "4" not in check.open:
    before = lab4.measure(answer, questions)
    display(show.table([(t.question.text, t.heard, t.reply, t.back) for t in before.turns],
                       ["asked", "heard", "answered", "understood by a listener"]))
else:
    before = None
    print("Still open:", ", ".join(check.open))

# %% [markdown]
# Listen to one answer, as somebody who asked would:

# %% tags=["nbval-ignore-output"]
if before:
    display(questions[0].sound, answer(questions[0].path, speech.Stopwatch(), "listen")[2])

# %% [markdown]
# ## 3. The weakest stage
#
# In time: every line is a question, from the moment when it was asked to the moment when the answer
# is ready to be played. (The stopwatch counts computing time, and waiting time for the endpoint, so
# that other programs on a busy laptop do not spoil the comparison; the faster of two runs counts.)
# Guess before you look: hearing, thinking or speaking?

# %% tags=["nbval-ignore-output"]
from selfhost.speech import pictures
from selfhost.widgets.predict import predict

guess = predict("Which stage takes most of the time?", list(lab4.STAGES))
guess

# %% [markdown]
# The times of your loop:

# %% tags=["nbval-ignore-output"]
if before:
    totals = before.watch.totals()
    show.picture(
        pictures.gantt(before.watch.stages, f"{before.seconds:.1f} s per question"),
        "A bar of three parts for each question. Together: "
        + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in totals.items()),
    )
    display(guess.reveal(next(iter(totals))))

# %% [markdown]
# **Exercise 5.** Name the slowest stage over all questions, from the figures, not from the picture.

# %% tags=["nbval-ignore-output"]
slowest = ""
### BEGIN HINT
# before.watch.totals() has the seconds of each stage.
### END HINT
### BEGIN SOLUTION
slowest = max(totals, key=totals.get)
### END SOLUTION
if before:
    check("5", "the slowest stage", lab4.check_slowest, slowest, before)

# %% [markdown]
# In errors: of the words asked, how many were misheard; of the words answered, how many did not
# reach a listener?

# %% tags=["nbval-ignore-output"]
if before:
    print(f"hearing:  {before.hearing:.1%} of the words of the questions")
    print(f"speaking: {before.speaking:.1%} of the words of the answers")
    print(f"time:     {before.seconds:.2f} s per question")

# %% [markdown]
# Is the second figure the voice's fault? The listener is `oido` again. It has heard short answers in
# its training, by other voices; a word that it never met comes back as one that it knows. A
# **control** separates the two: the same answers by other voices. What no voice gets across is lost
# by the listener. (Without espeak-ng there is nothing to compare with.)

# %% tags=["nbval-ignore-output"]
if before:
    for voice, rate in lab4.control(before).items():
        print(f"{voice:10} {rate:.1%} of the words of the answers come back wrong")

# %% [markdown]
# **Exercise 6.** Whose answer was understood worst? Put the name of the question, such as `"1-spain"`.

# %% tags=["nbval-ignore-output"]
worst = ""
### BEGIN HINT
# For each turn: speech.wer(turn.reply, turn.back, turn.question.language).
### END HINT
### BEGIN SOLUTION
loss = {t.question.name: speech.wer(t.reply, t.back, t.question.language) for t in before.turns}
worst = max(loss, key=loss.get)
### END SOLUTION
if before:
    check("6", "the answer that is understood worst", lab4.check_worst, worst, before)

# %% [markdown]
# ## 4. Make one thing better
#
# Change **one** thing, measure again with the same questions, and show the gain. Some that are worth
# trying:
#
# - *hearing* looks at the sound twice, once to find the language, once for the text. Whisper's
#   `decode` (notebook 11, section 4) does both with one look, and its result has `.text` and
#   `.language`;
# - the *prompt*: tell the model that its answer will be spoken (`SYSTEM`). Shorter answers take less
#   time and lose fewer words;
# - the *text* before it is spoken: what should happen to `12 + 30 = 42`, to brackets, to lists?
# - the *voice* or its *speed*: another one of `speech.available("en")`, or slower.
#
# **Exercise 7.** Change it, measure into `after`, and name the measure that you wanted to improve:
# `"hearing"`, `"speaking"` or `"seconds"`.

# %% tags=["nbval-ignore-output"]
measure, after = "", None
### BEGIN HINT
# Define hear, think or say anew, or set SYSTEM, VOICE or SPEED; answer() uses the new one.
# Then after = lab4.measure(answer, questions).
### END HINT
### BEGIN SOLUTION
import whisper
from selfhost.speech.hearing import ear

def hear(file):
    picture = whisper.log_mel_spectrogram(whisper.pad_or_trim(speech.read(file).samples))
    found = whisper.decode(ear().model, picture, whisper.DecodingOptions(fp16=False))
    return found.text, found.language

after, measure = lab4.measure(answer, questions), "seconds"
### END SOLUTION
if before:
    check("7", "a measured gain", lab4.check_gain, measure, before, after)

# %% [markdown]
# All three measures, before and after. Did the other two pay for it?

# %% tags=["nbval-ignore-output"]
if before and after:
    rows = [(name, f"{before.figures()[name]:.3f}", f"{after.figures()[name]:.3f}")
            for name in before.figures()]
    rows.append(("words answered", before.words, after.words))
    display(show.table(rows, ["measure", "before", "after"]))
    display(show.table([(t.question.text, t.reply, t.back) for t in after.turns],
                       ["asked", "answered", "understood by a listener"]))

# %% [markdown]
# Be careful with your joy: six questions are few, and a loop that says less has less to lose. Which
# further question would tell whether your change is good, and not just good for these six? And one
# thing is missing in all three measures: **is the answer right?** A wrong answer, clearly spoken, has
# no word errors.

# %% tags=["nbval-ignore-output"]
from selfhost.speech.record import record

if before:
    print(record("lab4", {"before": before.figures()} | ({"after": after.figures()} if after else {})))
print(check.summary())
