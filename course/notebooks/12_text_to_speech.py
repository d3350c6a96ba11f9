# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
#   kit:
#     title: Text to speech
#     minutes: 50
#     objectives:
#       - say through which steps a text becomes a sound, and what each step can get wrong
#       - let this computer speak from a terminal and from Python, offline, in two languages
#       - compare voices by listening and by a round trip through a recogniser
#       - tell which voices you may use for what, and what a copied voice needs
#     needs: [speech]
#     next: lab4_round_trip
#     es:
#       title: De texto a voz
#       objectives:
#         - decir por qué pasos un texto se convierte en sonido, y qué puede fallar en cada uno
#         - hacer hablar a este ordenador desde un terminal y desde Python, sin red, en dos lenguas
#         - comparar voces escuchándolas y con un viaje de ida y vuelta por un reconocedor
#         - distinguir qué voces puedes usar para qué, y qué exige una voz copiada
# ---

# %% [markdown]
# **Whose voice would you let answer your phone?** A service that speaks can be built from free parts
# today: it reads the news to somebody who cannot see, it answers at the town hall in two languages.
# Which of the voices does it well enough, how do you find out without asking a hundred people, and
# which may you use at all?
#
# Three kinds of voices compete here, all of them offline:
#
# - **espeak-ng**: no learning, rules only; it computes the resonances of a mouth (1995 and after);
# - **flite**: pieces of recordings, cut and joined (Carnegie Mellon University, from 2001);
# - **voz**: a neural network in *Coqui TTS*, trained from scratch for this course. Its teachers were
#   the other two: flite's voice slt for English, espeak-ng for Spanish. 4.66 million parameters for
#   each language; its card is `models/voz/README.md`.
#
# The first two are programs of your system; what is not installed is left out. Listen:

# %% [markdown] tags=["es"] of="9e3a260a"
# **¿Qué voz dejarías que atendiera tu teléfono?** Hoy se puede construir con piezas libres un servicio
# que habla: le lee las noticias a quien no ve, responde en dos lenguas en el ayuntamiento. ¿Cuál de las
# voces lo hace lo bastante bien, cómo lo averiguas sin preguntar a cien personas, y cuál puedes usar?
#
# Aquí compiten tres clases de voces, todas sin red:
#
# - **espeak-ng**: no aprende nada, solo reglas; calcula las resonancias de una boca (desde 1995);
# - **flite**: trozos de grabaciones, cortados y unidos (Universidad Carnegie Mellon, desde 2001);
# - **voz**: una red neuronal en *Coqui TTS*, entrenada desde cero para este curso. Sus maestras fueron
#   las otras dos: para el inglés, la voz slt de flite; para el español, espeak-ng. 4,66 millones de
#   parámetros por lengua; su ficha es `models/voz/README.md`.
#
# Las dos primeras son programas de tu sistema; lo que no está instalado se deja fuera. Escucha («¿Cuál
# es la capital de Francia?», en inglés):

# %% tags=["nbval-ignore-output"]
import os

os.environ["OMP_NUM_THREADS"] = "1"  # for a model this small, several cores only get in the way

from selfhost import show, speech
from selfhost.speech.baseline import missing

english, spanish = "What is the capital of France?", "¿Cuál es la capital de Francia?"
for voice in speech.available("en"):
    display(speech.speak(english, "en", voice))
for line in missing():
    print(line)

# %% [markdown]
# And in Spanish. (flite speaks English only.)

# %% [markdown] tags=["es"] of="58f27592"
# Y en español. (flite solo habla inglés.)

# %% tags=["nbval-ignore-output"]
for voice in speech.available("es"):
    display(speech.speak(spanish, "es", voice))

# %% [markdown]
# ## 1. Run it
#
# In a terminal. With a network, `tts --text "Hola." --model_name tts_models/es/mai/tacotron2-DDC
# --out_path speech.wav` fetches a voice of Coqui's catalogue first. Offline, we name the files of
# the course's own: the weights and their description.

# %% [markdown] tags=["es"] of="ead39f5a"
# ## 1. Ejecútalo
#
# En un terminal. Con red, `tts --text "Hola." --model_name tts_models/es/mai/tacotron2-DDC --out_path
# speech.wav` trae primero una voz del catálogo de Coqui. Sin red, nombramos los ficheros de la voz del
# curso: los pesos y su descripción.

# %% tags=["nbval-ignore-output"]
import shutil
import tempfile
from selfhost.paths import shipped_models

here = tempfile.mkdtemp()
for name in ("voz-es.pth", "voz-es.json"):
    shutil.copy(shipped_models() / "voz" / name, here)
os.chdir(here)
# !tts --text "Buenos días." --model_path voz-es.pth --config_path voz-es.json --out_path speech.wav

# %% [markdown]
# (The warning is about cutting a text into sentences, which needs a language; one sentence needs no
# cutting.) Is it a sound? Look at the file before you believe it.

# %% [markdown] tags=["es"] of="d2ee6798"
# (El aviso trata de cómo cortar un texto en frases, para lo que hace falta saber la lengua; una sola
# frase no hay que cortarla.) ¿Es un sonido? Mira el fichero antes de creértelo.

# %% tags=["nbval-ignore-output"]
print(speech.facts("speech.wav").format)
speech.read("speech.wav")

# %% [markdown]
# The same from Python, with Coqui's own interface:

# %% [markdown] tags=["es"] of="cafdda6a"
# Lo mismo desde Python, con la interfaz del propio Coqui:

# %% tags=["nbval-ignore-output"]
from selfhost.speech.coqui import quiet

quiet()  # Coqui tells each of its steps on the log
from TTS.api import TTS

voice = TTS(model_path="voz-es.pth", config_path="voz-es.json", progress_bar=False)
file = voice.tts_to_file("Buenos días.", file_path="speech.wav")
speech.read(file)

# %% [markdown]
# The course's function is a thin layer above it. It takes any of the voices, keeps each loaded
# voice, prepares the text, speaks long texts piece by piece, and leaves out the 10,000 samples of
# silence (0.6 s) that Coqui puts after each sentence.

# %% [markdown] tags=["es"] of="5b565e46"
# La función del curso es una capa fina por encima. Toma cualquiera de las voces, guarda cargada cada
# una, prepara el texto, dice por partes los textos largos, y quita las 10 000 muestras de silencio
# (0,6 s) que Coqui pone detrás de cada frase.

# %% tags=["nbval-ignore-output"]
path = speech.speak("Buenos días.", "es").save("speech.wav")
print(path, speech.facts(path).seconds, "s")

# %% [markdown]
# ## 2. From letters to sound, step by step
#
# ### Letters get numbers
#
# The network reads letters, each as a number. Everything else must be turned into these letters, or
# left out, before.

# %% [markdown] tags=["es"] of="29f216ce"
# ## 2. De las letras al sonido, paso a paso
#
# ### Las letras reciben números
#
# La red lee letras, cada una como un número. Todo lo demás hay que convertirlo antes en esas letras, o
# dejarlo fuera. (En la tabla, *start* marca el comienzo.)

# %% tags=["nbval-ignore-output"]
from selfhost.speech import inside

steps = inside.spoken(english, "en")
show.table([(letter, number) for letter, number in zip(steps.letters, steps.ids)][:8],
           ["letter", "number"])

# %% [markdown]
# Which means that somebody must decide what to do with the rest. Four texts that voices meet:

# %% [markdown] tags=["es"] of="2f56f1fc"
# Lo que quiere decir que alguien tiene que decidir qué se hace con el resto. Cuatro textos con los que se
# encuentra una voz:

# %% tags=["nbval-ignore-output"]
from selfhost import KitError

for text in ("Tengo 25 gatos.", "El 50 % de 3,5 €", "¡Qué risa 😀!", "Привет, мир"):
    try:
        spoken = speech.speak(text, "es")
        print(f"{text} → {spoken.seconds:.1f} s", *spoken.notes)
    except KitError as error:
        print(f"{text} → {error.message}")

# %% [markdown]
# "25" was written out as *veinticinco* by a library (`num2words`); a voice that skips digits would
# have said "Tengo gatos". For a telephone service, such gaps are worse than a metallic ring.
#
# Some systems turn letters into *phonemes*, signs for sounds, in between. English needs it more than
# Spanish: *though, through, tough*. Where espeak-ng is installed, see what it makes of them:

# %% [markdown] tags=["es"] of="b4eb693b"
# El «25» lo escribió *veinticinco* una biblioteca (`num2words`); una voz que se salta las cifras habría
# dicho «Tengo gatos». En un servicio telefónico, huecos así son peores que un timbre metálico.
#
# Algunos sistemas convierten las letras antes en *fonemas*, signos de sonidos. El inglés lo necesita más
# que el español: *though, through, tough*. Si espeak-ng está instalado, mira qué hace con ellas:

# %% tags=["nbval-ignore-output"]
if shutil.which("espeak-ng"):
    print("in the phonetic alphabet:")
    # !espeak-ng -q --ipa "though, through, tough"
    # !espeak-ng -q --ipa -v es "aunque, a través, duro"
else:
    print("espeak-ng is not installed: it would print the words in the phonetic alphabet.")

# %% [markdown]
# ### How long does each letter last?
#
# The network predicts that number for each letter, in columns of 12.5 ms. Stretched along time,
# the letters make a staircase, the **alignment**. Which letter of the sentence will be the longest?

# %% [markdown] tags=["es"] of="bfe87713"
# ### ¿Cuánto dura cada letra?
#
# La red predice ese número para cada letra, en columnas de 12,5 ms. Estiradas a lo largo del tiempo, las
# letras forman una escalera, la **alineación** (*alignment*). ¿Qué letra de la frase será la más larga:
# la W de «What», la primera a de «capital», la t de «capital» o el signo de interrogación?

# %% tags=["nbval-ignore-output"]
from selfhost.widgets.predict import predict

guess = predict("“What is the capital of France?” Which letter lasts longest?",
                ["W of What", "the first a of capital", "t of capital", "the question mark"])
guess

# %% [markdown]
# Read the picture from the upper left: each row is a letter, its blue bar is its time.

# %% [markdown] tags=["es"] of="74afa131"
# Lee la imagen desde arriba a la izquierda: cada fila es una letra, y su barra azul es su tiempo.

# %% tags=["nbval-ignore-output"]
from selfhost.speech import pictures

longest = max(range(len(steps.frames)), key=steps.frames.__getitem__)
show.picture(
    pictures.alignment(steps, "Which letter is said when"),
    f"A staircase from the upper left to the lower right, {len(steps.letters)} letters in "
    f"{sum(steps.frames) * steps.step:.1f} s. The longest step: “{steps.letters[longest]}” "
    f"with {max(steps.frames) * steps.step * 1000:.0f} ms.",
)

# %% [markdown]
# A broken voice shows here first: letters without time are swallowed, a bar without end is a drone.

# %% [markdown] tags=["es"] of="c9ce321c"
# Una voz estropeada se nota primero aquí: las letras sin tiempo se las traga, una barra sin fin es un
# zumbido.

# %% tags=["nbval-ignore-output"]
begin = "".join(" " if len(c) > 1 else c for c in steps.letters[: longest + 1])
print("longest:", repr(steps.letters[longest]), "at the end of", repr(begin.strip()))
if begin.strip().endswith("ca"):
    display(guess.reveal("the first a of capital",
                         {"the question mark": "A pause would be possible; it learned none."}))

# %% [markdown]
# Spread out in this way, the letters become a picture: 80 mel bands, as in notebook 11, a column
# for every 12.5 ms. Below it, the picture of a real recording of the same sentence (a real robot,
# if you like: espeak-ng or flite).

# %% [markdown] tags=["es"] of="2f55fe26"
# Extendidas así, las letras se convierten en una imagen: 80 bandas mel, como en el cuaderno 11, una
# columna cada 12,5 ms. Debajo, la imagen de una grabación de verdad de la misma frase (de un robot de
# verdad, si quieres: espeak-ng o flite).

# %% tags=["nbval-ignore-output"]
others = [v for v in ("flite:slt", "espeak-ng") if v in speech.available("en")]
teacher = speech.speak(english, "en", others[0]) if others else speech.recordings("en")[3].sound
heard = inside.mel_of(teacher)
show.picture(
    pictures.mels({"predicted by voz": steps.mel, f"recorded: {teacher.voice}": heard}, steps.step),
    "Two mel pictures with similar bands and pauses; the predicted one is smoother, as if "
    "painted with a broader brush.",
)

# %% [markdown]
# The prediction is blurred: among many ways to say a syllable, the network learned the average. That
# is what you hear as "dull".
#
# ### From the picture to a wave
#
# The picture holds the *power* of each band, not where each wave begins (its phase), so something is
# missing for a sound. A **vocoder** makes it up. The oldest, Griffin-Lim, starts with random phases
# and repairs them round by round, until the wave's own picture fits:

# %% [markdown] tags=["es"] of="b1a05b5f"
# La predicción es borrosa: entre muchas maneras de decir una sílaba, la red aprendió la media. Es lo que
# oyes como «apagado».
#
# ### De la imagen a una onda
#
# La imagen guarda la *potencia* de cada banda, no dónde empieza cada onda (su fase), así que para un
# sonido falta algo. Un **vocoder** se lo inventa. El más antiguo, Griffin-Lim, empieza con fases al azar
# y las repara vuelta a vuelta (*rounds*), hasta que la imagen de la propia onda encaja:

# %% tags=["nbval-ignore-output"]
for rounds in (0, 2, 30):
    display(inside.vocode(steps.mel, rounds=rounds))

# %% [markdown]
# Which of the two makes the ring that you hear, the network or the vocoder? Take the picture of the
# *recording* and send it through the same vocoder: what is bad now is not the network's fault.

# %% [markdown] tags=["es"] of="5ba1129b"
# ¿De quién es el timbre metálico que oyes, de la red o del vocoder? Toma la imagen de la *grabación* y
# pásala por el mismo vocoder: lo que ahora suena mal no es culpa de la red.

# %% tags=["nbval-ignore-output"]
again = inside.vocode(heard)
display(teacher, again)
show.picture(
    pictures.spectrogram({teacher.voice: teacher.at(16_000), "its picture, through Griffin-Lim":
                          again}),
    "Two spectrograms that look nearly the same; the right one has its fine lines blurred.",
)

# %% [markdown]
# Large systems put a second network here (HiFi-GAN and others), which has learned what phases in
# speech are like, or do both steps in one network (VITS). Random phases also mean: another wave each
# time, unless somebody fixes a seed, as our function does.

# %% [markdown] tags=["es"] of="44c017db"
# Los sistemas grandes ponen aquí una segunda red (HiFi-GAN y otras), que ha aprendido cómo son las fases
# del habla, o dan los dos pasos en una sola red (VITS). Fases al azar quiere decir también: cada vez otra
# onda, si nadie fija una semilla, como hace nuestra función.

# %%
one, two = speech.speak(spanish, "es"), speech.speak(spanish, "es")
other = speech.speak(spanish, "es", seed=1)
print("same seed, same samples:", (one.samples == two.samples).all())
print("another seed:", len(one.samples) == len(other.samples) and
      (one.samples == other.samples).all())

# %% [markdown]
# ## 3. Which voice is understood best?
#
# Asking people takes a listening test. A machine can be asked first: let the voice speak, let
# Whisper write it down, count the wrong words. Text → speech → text, the **round trip**. Who wins?

# %% [markdown] tags=["es"] of="c1e6f19f"
# ## 3. ¿Qué voz se entiende mejor?
#
# Para preguntar a la gente hace falta una prueba de escucha. Primero se puede preguntar a una máquina:
# se hace hablar a la voz, Whisper lo escribe, y se cuentan las palabras equivocadas. Texto → voz →
# texto, el viaje de **ida y vuelta** (*round trip*). ¿Quién gana: espeak-ng, flite, voz, o nadie con
# claridad?

# %% tags=["nbval-ignore-output"]
winner = predict("The fewest wrong words after the round trip?",
                 ["espeak-ng", "flite", "voz", "no clear winner"])
winner

# %% [markdown]
# Six sentences in each language, which the recogniser `oido` did not meet in its training:

# %% [markdown] tags=["es"] of="169de557"
# Seis frases en cada lengua, que el reconocedor `oido` no encontró en su entrenamiento. La tabla enseña
# algunas de las que volvieron distintas: lo dicho (*said*) y lo oído (*heard*).

# %% tags=["nbval-ignore-output"]
from selfhost.speech.roundtrip import round_trip

trips = [trip for code in ("en", "es") for voice in speech.available(code)
         for trip in round_trip(voice, code, sentences=6)]
show.table([(t.voice, t.language, t.said, t.heard) for t in trips if t.said != t.heard][:10],
           ["voice", "", "said", "heard"])

# %% [markdown]
# Word error rates by voice:

# %% [markdown] tags=["es"] of="0a0d32ce"
# Tasa de error por palabra de cada voz:

# %% tags=["nbval-ignore-output"]
from selfhost.speech.roundtrip import rates

table = rates(trips)
show.picture(
    pictures.error_rates(table, "Round trip: words that came back wrong (6 sentences each)"),
    "; ".join(f"{name}: " + ", ".join(f"{v} {r:.0%}" for v, r in row.items())
              for name, row in table.items()),
)

# %% [markdown]
# The figures are kept for the kit's status page.

# %% [markdown] tags=["es"] of="9be32632"
# Las cifras se guardan para la página de estado del kit.

# %% tags=["nbval-ignore-output"]
from selfhost.speech.record import record

best = {name: min(row, key=row.get) for name, row in table.items()}
print(record("round_trip", {"sentences": 6, "word_error_rate": table}))
for name, row in table.items():
    print(f"{name}: fewest wrong words with {best[name]} ({row[best[name]]:.1%})")
clear = {voice.partition(":")[0] for voice in best.values()}
if max(map(len, table.values())) > 1:  # alone, nobody wins
    display(winner.reveal(clear.pop() if len(clear) == 1 else "no clear winner"))

# %% [markdown]
# Before you hire the winner: **who is the judge?** `oido` learned to hear from espeak-ng and flite
# themselves; it is like asking their own child. voz, too, learned from them. A good figure says
# "understood by this listener", not "pleasant", not "understood by your mother on the phone". And with
# six sentences, one word is about 3 %. The card of voz has larger samples and a second judge, from
# another family and trained on people (pocketsphinx): 28 % of the words of forty English sentences
# came back wrong from voz, and 21 % from flite's slt, its teacher. Use the round trip to find what is
# *broken*, and people to choose among the rest.

# %% [markdown] tags=["es"] of="81fc2142"
# Antes de contratar a quien ha ganado: **¿quién es el juez?** `oido` aprendió a oír con los propios
# espeak-ng y flite; es como preguntarle a su hijo. También voz aprendió de ellos. Una buena cifra dice «lo
# entendió este oyente», no «agradable», ni «lo entiende tu madre por teléfono». Y con seis frases, una
# palabra es cerca del 3 %. La ficha de voz tiene muestras mayores y un segundo juez, de otra familia y
# entrenado con personas (pocketsphinx): de las palabras de cuarenta frases en inglés volvieron mal el
# 28 % con voz, y el 21 % con slt de flite, su maestra. Usa la ida y vuelta para encontrar lo que está
# *roto*, y a personas para elegir entre lo demás.

# %% [markdown]
# ## 4. How fast?
#
# Real-time factor again: computing time divided by the length of the speech. The bare library beside
# our layer (with the Spanish sentence):

# %% [markdown] tags=["es"] of="800f50f0"
# ## 4. ¿A qué velocidad?
#
# Otra vez el factor de tiempo real: tiempo de cálculo dividido por la duración de lo dicho. Al lado de
# nuestra capa, la biblioteca sola (*bare library*, con la frase en español):

# %% tags=["nbval-ignore-output"]
from time import perf_counter
from selfhost.speech.speaking import timed

rows = []
for name in speech.available("en"):
    timed(english, "en", name)  # the first call loads
    sound, spent = timed(english, "en", name)
    rows.append((name, f"{sound.seconds:.1f} s", f"{spent:.2f} s", f"{spent / sound.seconds:.2f}"))
voice.tts(spanish, split_sentences=False)
begin = perf_counter()
samples = voice.tts(spanish, split_sentences=False)
spent, length = perf_counter() - begin, (len(samples) - 10_000) / 16_000
rows.append(("voz, bare library (es)", f"{length:.1f} s", f"{spent:.2f} s", f"{spent / length:.2f}"))
show.table(rows, ["voice", "speech", "computed in", "real-time factor"])

# %% [markdown]
# All of them speak faster than one listens, on one core, without a GPU. For a conversation, what
# counts is how soon the first word comes: speak sentence by sentence, and the first can be heard
# while the second is computed. Lab 4 measures that.

# %% [markdown] tags=["es"] of="9798ff15"
# Todas hablan más deprisa de lo que se escucha, en un núcleo, sin GPU. En una conversación, lo que cuenta
# es lo pronto que llega la primera palabra: habla frase a frase, y la primera se puede oír mientras se
# calcula la segunda. Lo mide la práctica 4.

# %% [markdown]
# ## 5. Which voices may you use?
#
# Coqui's catalogue comes with the package. Its voices by licence, and what each licence says about
# commercial use:

# %% [markdown] tags=["es"] of="2d82016c"
# ## 5. ¿Qué voces puedes usar?
#
# El catálogo de Coqui viene con el paquete. Sus voces por licencia, y lo que dice cada licencia del uso
# comercial:

# %%
from selfhost.speech import voices

show.table([(r.licence, r.voices, r.commercial, r.example) for r in voices.by_licence()],
           ["licence", "voices", "commercial use", "for example"],
           caption="the catalogue of coqui-tts 0.28.0")

# %% [markdown]
# Three things to notice. Most voices may be used for anything. The famous ones that copy any voice
# (XTTS) are under Coqui's own licence, which forbids commercial use of the model *and of what it
# says*; the firm that sold exceptions closed early in 2024. And code, weights and recordings have a
# licence each: Coqui's code is MPL-2.0, whatever the voice.
#
# For Spanish:

# %% [markdown] tags=["es"] of="56b24fbd"
# Tres cosas en las que fijarse. La mayoría de las voces se puede usar para lo que sea. Las famosas que
# copian cualquier voz (XTTS) tienen la licencia del propio Coqui, que prohíbe el uso comercial del modelo
# *y de lo que dice*; la empresa que vendía excepciones cerró a principios de 2024. Y el código, los pesos
# y las grabaciones tienen cada uno su licencia: el código de Coqui es MPL-2.0, sea cual sea la voz.
#
# Para el español:

# %%
show.table(voices.in_language("es"), ["voice", "licence", "commercial use"])

# %% [markdown]
# ### The others
#
# What each needs to run, whether it does so here, and its licence and class by the rules of
# notebook 02. Nothing is downloaded, and nobody's voice is imitated by something else.

# %% [markdown] tags=["es"] of="f3e2794a"
# ### Las demás
#
# Qué necesita cada una para funcionar, si funciona aquí, y su licencia y su clase según las reglas del
# cuaderno 02. No se descarga nada, y una voz que falta no se imita con otra. (*copies voices*: copia
# voces; *not judged*: sin juzgar.)

# %% tags=["nbval-ignore-output"]
from selfhost.openness.catalogue import find
from selfhost.speech.others import OTHERS, present

rows = []
for other in OTHERS:
    entry = find(other.catalogue) if other.catalogue else None
    licence, kind = (entry.row.licence, entry.derived) if entry else ("by voice", "not judged")
    rows.append((other.name, licence, kind, "yes" if other.clones else "no", other.needs,
                 present(other)))
show.table(rows, ["model", "licence", "class", "copies voices", "needs", "here"])

# %% [markdown]
# Have you got Kokoro's two files, from a USB stick for example? Put them into a folder, name it, and
# it speaks here:

# %% [markdown] tags=["es"] of="b165608f"
# ¿Tienes los dos ficheros de Kokoro, por ejemplo en una memoria USB? Ponlos en una carpeta, di cuál es, y
# hablará aquí:

# %% tags=["nbval-ignore-output"]
# os.environ["SELFHOST_KOKORO"] = "the folder with kokoro-v1.0.onnx and voices-v1.0.bin"
if present(OTHERS[0]) == "runs here":
    display(speech.speak(spanish, "es", "kokoro"))
else:
    print("Kokoro:", present(OTHERS[0]))

# %% [markdown]
# ## 6. Copied voices
#
# The column "copies voices" is the one to stop at. Coqui's XTTS asks for six seconds of a recording,
# and then says anything in that voice (its model card on Hugging Face). Six seconds are a greeting on
# an answering machine. Technically, nothing stops you from taking a colleague's.
#
# So consent is not a form at the end, it is the first step. What it means here:
#
# - **It is given by the person whose voice it is**, who knows what for. "We may use the recording"
#   is not "we may make you say things".
# - **It has a purpose, a scope and an end**: which texts, which language, who can type them, until
#   when. After that the model is deleted, not only the recording.
# - **It can be withdrawn.** So you must know where all copies are. With self-hosted models you can;
#   with an API you hope.
# - **Listeners are told.** Who hears a made voice and may take it for a person has a right to know.
#   The European Union's AI Act (Regulation 2024/1689, article 50) has rules on it; a voice is
#   personal data besides (GDPR). Ask your data protection officer which apply to your case, and
#   since when: this notebook is no legal advice.
# - **The dead and the famous cannot tick a box.** A licence that allows commercial use of a *model*
#   says nothing about the rights of the person.
#
# The voices of this course have nobody to ask: they learned from two programs. That is why they
# sound like them, and why you may use them for anything.

# %% [markdown] tags=["es"] of="dc3e05a8"
# ## 6. Voces copiadas
#
# La columna «copies voices» (copia voces) es donde hay que pararse. XTTS, de Coqui, pide seis segundos de
# una grabación, y luego dice lo que sea con esa voz (su ficha del modelo en Hugging Face). Seis segundos
# son un saludo en un contestador. Técnicamente, nada te impide tomar los de una compañera de trabajo.
#
# Así que el consentimiento no es un formulario al final, es el primer paso. Qué quiere decir aquí:
#
# - **Lo da la persona a quien pertenece la voz**, y sabe para qué. «Podemos usar la grabación» no es
#   «podemos hacerte decir cosas».
# - **Tiene un fin, un alcance y un final**: qué textos, en qué lengua, quién los puede escribir, hasta
#   cuándo. Después se borra el modelo, no solo la grabación.
# - **Se puede retirar.** Así que tienes que saber dónde están todas las copias. Con modelos que alojas
#   tú, puedes; con una API, confías.
# - **Se avisa a quien escucha.** Quien oye una voz fabricada y puede tomarla por una persona tiene
#   derecho a saberlo. El Reglamento de Inteligencia Artificial de la Unión Europea (Reglamento 2024/1689,
#   artículo 50) tiene normas sobre ello; además, una voz es un dato personal (RGPD). Pregunta en tu
#   institución a quien se encarga de la protección de datos cuáles valen en tu caso, y desde cuándo: este
#   cuaderno no es asesoramiento jurídico.
# - **Ni los muertos ni los famosos pueden marcar una casilla.** Una licencia que permite el uso comercial
#   de un *modelo* no dice nada de los derechos de la persona.
#
# Las voces de este curso no tienen a quién preguntar: aprendieron de dos programas. Por eso suenan como
# ellos, y por eso puedes usarlas para lo que sea.

# %% [markdown]
# ## Check yourself
#
# **1.** A voice skips the second half of long words. In which picture do you look first?
#
# <details><summary>Answer</summary>
#
# In the alignment: letters without time. If they have their time there, look at the mel picture.
#
# </details>
#
# **2.** The round trip gives 2 % for voice A and 4 % for voice B, with twenty sentences. You choose A.
# What did you not ask?
#
# <details><summary>Answer</summary>
#
# Whether two words of a hundred are more than chance; whether the recogniser knew one of the voices
# from its training; and whether people like it.
#
# </details>
#
# **3.** You found a Spanish voice, "MPL", in Coqui's catalogue. May your company sell an audio book
# spoken by it?
#
# <details><summary>Answer</summary>
#
# The licence does not forbid it. Find out, too, whose recordings it learned from (here the M-AILABS
# set, as the catalogue says), and what was agreed with the speaker.
#
# </details>
#
# **4.** The same text and the same model gave two different files. Name the step that did it.
#
# <details><summary>Answer</summary>
#
# Here the vocoder: Griffin-Lim starts with random phases. In other models, sampling in the network.
#
# </details>

# %% [markdown] tags=["es"] of="ed81f788"
# ## Compruébalo
#
# **1.** Una voz se salta la segunda mitad de las palabras largas. ¿En qué imagen miras primero?
#
# <details><summary>Respuesta</summary>
#
# En la alineación: letras sin tiempo. Si allí tienen su tiempo, mira la imagen mel.
#
# </details>
#
# **2.** La ida y vuelta da un 2 % para la voz A y un 4 % para la voz B, con veinte frases. Eliges la A.
# ¿Qué no has preguntado?
#
# <details><summary>Respuesta</summary>
#
# Si dos palabras de cada cien son más que el azar; si el reconocedor conocía una de las voces de su
# entrenamiento; y si a la gente le gusta.
#
# </details>
#
# **3.** Has encontrado en el catálogo de Coqui una voz en español, «MPL». ¿Puede tu empresa vender un
# audiolibro leído por ella?
#
# <details><summary>Respuesta</summary>
#
# La licencia no lo prohíbe. Averigua también de quién son las grabaciones con las que aprendió (aquí, el
# conjunto M-AILABS, según el catálogo), y qué se acordó con quien las leyó.
#
# </details>
#
# **4.** El mismo texto y el mismo modelo han dado dos ficheros distintos. Di qué paso ha sido.
#
# <details><summary>Respuesta</summary>
#
# Aquí, el vocoder: Griffin-Lim empieza con fases al azar. En otros modelos, el sorteo dentro de la red.
#
# </details>
