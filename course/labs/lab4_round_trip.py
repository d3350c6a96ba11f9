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
#     es:
#       title: "Ida y vuelta: un asistente que habla"
#       objectives:
#         - unir en un circuito, sin red, un reconocedor, un modelo de lenguaje y una voz
#         - medir qué pierde cada etapa y cuánto tarda
#         - encontrar la etapa más débil por las cifras, no por la impresión
#         - mejorar una cosa y demostrar lo que se gana
# ---

# %% [markdown]
# Somebody asks aloud, this computer answers aloud, and nothing leaves it. All parts are here: Whisper
# (notebook 11), the endpoint, Coqui (notebook 12). Each of them makes errors, and errors add up: a
# word misheard is answered wrongly, in a fluent voice. You will build the loop, measure it, find its
# weakest stage, and make it better.
#
# The model that answers:

# %% [markdown] tags=["es"] of="50ccd993"
# Alguien pregunta en voz alta, este ordenador responde en voz alta, y nada sale de él. Están todas las
# piezas: Whisper (cuaderno 11), el endpoint, Coqui (cuaderno 12). Cada una comete errores, y los
# errores se suman: a una palabra mal oída se le da una respuesta equivocada, con una voz fluida.
# Construirás el circuito, lo medirás, encontrarás su etapa más débil, y la mejorarás.
#
# El modelo que responde:

# %% tags=["nbval-ignore-output"]
import os

os.environ["OMP_NUM_THREADS"] = "1"  # for models this small, several cores only get in the way

from selfhost.endpoint import endpoint

at = endpoint()
print(at.describe())

# %% [markdown]
# And the questions: six recordings, by voices that the recogniser never heard in its training.

# %% [markdown] tags=["es"] of="e081c84c"
# Y las preguntas: seis grabaciones, de voces que el reconocedor nunca oyó en su entrenamiento.

# %%
from selfhost import show, speech
from selfhost.speech import lab4

questions = lab4.questions()
show.table([(q.name, q.language, q.voice, q.text) for q in questions],
           ["question", "", "voice", "what is asked"])

# %% [markdown]
# One of them, to listen to:

# %% [markdown] tags=["es"] of="f9e7fab6"
# Una de ellas, para escuchar:

# %% tags=["nbval-ignore-output"]
questions[0].sound

# %% [markdown]
# ## 1. Three stages
#
# **Exercise 1.** `hear` gets the path of a recording and returns two values: the text, and the code
# of its language ("en" or "es"). Nobody tells it the language.

# %% [markdown] tags=["es"] of="bbba28b6"
# ## 1. Tres etapas
#
# **Ejercicio 1.** `hear` (oír) recibe la ruta de una grabación y devuelve dos valores: el texto, y el
# código de su lengua ("en" o "es"). Nadie le dice la lengua.

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

# %% [markdown] tags=["es"] of="a29dc2bf"
# **Ejercicio 2.** `think` (pensar) recibe una pregunta en texto y devuelve en texto la respuesta del
# modelo. Usa el cliente de Ollama, como en el cuaderno 05, con temperatura 0 y una semilla: un
# experimento necesita la misma respuesta a la misma pregunta. (`SYSTEM` es lo que se le dice al modelo
# antes de la pregunta: lo necesitarás en la parte 4.)

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

# %% [markdown] tags=["es"] of="48ffae35"
# **Ejercicio 3.** `say` (decir) recibe un texto y el código de su lengua y devuelve el sonido. La
# comprobación le da tu sonido a un oyente.

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

# %% [markdown] tags=["es"] of="eb8d91b5"
# ## 2. El circuito, con cronómetro
#
# **Ejercicio 4.** `answer` recorre las tres etapas y devuelve lo que se oyó, la respuesta y su sonido.
# Cada etapa se ejecuta dentro de `with watch(run, NAME):`, donde `NAME` es `"hear"`, `"think"` o
# `"say"`, para que quede apuntado su tiempo.

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

# %% [markdown] tags=["es"] of="953fb35e"
# El circuito que vas a medir es el tuyo, si pasó la comprobación 4; si no, todavía no hay nada que
# medir: vuelve a la primera comprobación abierta.

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

# %% [markdown] tags=["es"] of="b2c00783"
# Escucha una respuesta, como la oiría quien preguntó:

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

# %% [markdown] tags=["es"] of="c865e487"
# ## 3. La etapa más débil
#
# En tiempo: cada línea es una pregunta, desde el momento en que se hizo hasta el momento en que la
# respuesta está lista para sonar. (El cronómetro cuenta el tiempo de cálculo, y el de espera al
# endpoint, para que los demás programas de un portátil ocupado no estropeen la comparación; de dos
# ejecuciones cuenta la más rápida.) Apuesta antes de mirar: ¿oír, pensar o hablar?

# %% tags=["nbval-ignore-output"]
from selfhost.speech import pictures
from selfhost.widgets.predict import predict

guess = predict("Which stage takes most of the time?", list(lab4.STAGES))
guess

# %% [markdown]
# The times of your loop:

# %% [markdown] tags=["es"] of="e20949cb"
# Los tiempos de tu circuito:

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

# %% [markdown] tags=["es"] of="74c28f6f"
# **Ejercicio 5.** Nombra la etapa más lenta, con todas las preguntas juntas, por las cifras, no por la
# imagen.

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

# %% [markdown] tags=["es"] of="5c74f8f1"
# En errores: de las palabras preguntadas, ¿cuántas se oyeron mal?; de las palabras respondidas,
# ¿cuántas no le llegaron a un oyente?

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

# %% [markdown] tags=["es"] of="a64c00aa"
# ¿Es la segunda cifra culpa de la voz? El oyente es otra vez `oido`. En su entrenamiento ha oído
# respuestas cortas, de otras voces; una palabra que no encontró nunca vuelve como una que conoce. Un
# **control** separa las dos cosas: las mismas respuestas, con otras voces. Lo que ninguna voz consigue
# hacer llegar lo pierde el oyente. (Sin espeak-ng no hay con qué comparar.)

# %% tags=["nbval-ignore-output"]
if before:
    for voice, rate in lab4.control(before).items():
        print(f"{voice:10} {rate:.1%} of the words of the answers come back wrong")

# %% [markdown]
# **Exercise 6.** Whose answer was understood worst? Put the name of the question, such as `"1-spain"`.

# %% [markdown] tags=["es"] of="11c3ef6a"
# **Ejercicio 6.** ¿La respuesta a qué pregunta fue la que peor se entendió? Pon el nombre de la
# pregunta, como `"1-spain"`.

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

# %% [markdown] tags=["es"] of="822ba8f1"
# ## 4. Mejora una cosa
#
# Cambia **una** cosa, mide otra vez con las mismas preguntas, y demuestra lo que se gana. Algunas que
# vale la pena probar:
#
# - *oír* mira el sonido dos veces, una para averiguar la lengua y otra para el texto. El `decode` de
#   Whisper (cuaderno 11, sección 4) hace las dos cosas con una sola mirada, y su resultado tiene
#   `.text` y `.language`;
# - el *texto de sistema*: dile al modelo que su respuesta se va a decir en voz alta (`SYSTEM`). Las
#   respuestas más cortas tardan menos y pierden menos palabras;
# - el *texto* antes de decirlo: ¿qué debería pasar con `12 + 30 = 42`, con los paréntesis, con las
#   listas?
# - la *voz* o su *velocidad*: otra de `speech.available("en")`, o más despacio.
#
# **Ejercicio 7.** Cámbiala, mide en `after`, y nombra la medida que querías mejorar: `"hearing"` (oír),
# `"speaking"` (hablar) o `"seconds"` (los segundos).

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

# %% [markdown] tags=["es"] of="f22c9076"
# Las tres medidas, antes y después. ¿Lo han pagado las otras dos?

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

# %% [markdown] tags=["es"] of="144b3e67"
# Cuidado con la alegría: seis preguntas son pocas, y un circuito que dice menos tiene menos que perder.
# ¿Qué otra pregunta diría si tu cambio es bueno, y no solo bueno para estas seis? Y falta una cosa en
# las tres medidas: **¿es correcta la respuesta?** Una respuesta equivocada, dicha con claridad, no
# tiene errores de palabra.

# %% tags=["nbval-ignore-output"]
from selfhost.speech.record import record

if before:
    print(record("lab4", {"before": before.figures()} | ({"after": after.figures()} if after else {})))
print(check.summary())
