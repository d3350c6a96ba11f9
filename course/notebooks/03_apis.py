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
#     es:
#       title: Modelos tras una API
#       objectives:
#         - usar las mismas cinco líneas con tu propio modelo y con cualquiera alojado por otros
#         - mantener las claves fuera de los cuadernos, y encontrar las que se colaron
#         - averiguar qué ajustes acepta, ignora o rechaza una API, en vez de creer a su página
#         - recibir respuestas por partes, pedirlas en una forma dada, y seguir una llamada a una herramienta a través de la API
#         - afrontar los errores con paciencia y una frase clara, y decir cuánto cuesta una llamada
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

# %% [markdown] tags=["es"] of="a8b56b3b"
# **Un modelo se puede alquilar por tokens. ¿A qué renuncias?** Máquinas de otro, nada que instalar, modelos
# más grandes de lo que cabe en tu portátil: para mucha gente una API es el primer modelo que usa, y la
# forma que le dio OpenAI es la que hablan casi todos, también tu propio servidor. En este cuaderno la usas
# como es debido: claves, ajustes, errores, costes. Y le preguntas, con experimentos, qué te deja controlar
# y qué esconde. Las respuestas deciden cuándo alquilar y cuándo alojar.
#
# ¿Quién responde aquí?

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

# %% [markdown] tags=["es"] of="1a742991"
# ## 1. Las mismas cinco líneas
#
# Una dirección, una clave, el nombre de un modelo, una pregunta, la respuesta. Todo lo demás es igual en
# todas partes:

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

# %% [markdown] tags=["es"] of="7538165f"
# Para usar otro proveedor cambias tres palabras. Qué palabras, y para quién, son datos, y están en un
# fichero del kit (`src/selfhost/data/providers.yaml`), cada entrada con su fuente y el día en que alguien
# la leyó:

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

# %% [markdown] tags=["es"] of="85c568ce"
# Los nombres de los modelos vienen y van; pide al proveedor su lista (`client.models.list()`, o
# `curl <base_url>/models`) antes de contar con uno. Esta es la nuestra:

# %% tags=["nbval-ignore-output"]
print([model.id for model in client.models.list()])

# %% [markdown]
# And now all of them with the same five lines. A request leaves this computer only where a key is
# set; without one the line says "not asked", and the next cell shows what would be sent. (With a
# key: every such call costs a little, and your question is then on somebody else's machine.)

# %% [markdown] tags=["es"] of="4e96de57"
# Y ahora, todos con las mismas cinco líneas. Una petición solo sale de este ordenador cuando hay una clave
# puesta; si no, la celda dice que no ha preguntado, y la siguiente enseña lo que *se enviaría*. (Con una
# clave: cada llamada así cuesta un poco, y tu pregunta está entonces en la máquina de otro.)

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

# %% [markdown] tags=["es"] of="862d2a8f"
# Lo que se enviaría, entero. Es una petición de HTTP y nada más; la clave va en su cabecera:

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

# %% [markdown] tags=["es"] of="b72c12ac"
# ## 2. Las claves
#
# Una clave es dinero y un nombre: quien tiene la tuya gasta tu dinero en tu nombre. Una clave en un cuaderno
# está en cada copia del cuaderno, en su historial en la forja (GitHub, GitLab…), y en manos de quienes buscan
# claves en las forjas (les bastan unos minutos). Por eso viene del *entorno*. En un terminal, antes de `jupyter lab`:
#
# | | |
# |---|---|
# | Linux, macOS | `read -s GROQ_API_KEY; export GROQ_API_KEY` |
# | Windows (PowerShell 7) | `$env:GROQ_API_KEY = Read-Host -MaskInput` |
#
# (Ninguna de las dos órdenes muestra la clave, ni la deja en el historial del intérprete. El PowerShell 5.1
# que trae Windows no tiene `-MaskInput`: quítalo, y que no mire nadie.) ¿Cuáles hay puestas aquí? Se
# muestran como mucho los cuatro últimos caracteres.

# %% tags=["nbval-ignore-output"]
from selfhost.apis.keys import masked

for p in providers().values():
    if p.needs_key:
        print(f"{p.key_env[0]:20}", masked(p.key()) if p.key() else "not set")

# %% [markdown]
# Did one get in? A scan knows the forms that keys have, and looks at literals where a key is
# expected. We make a file with two lines; one of them would cost you money:

# %% [markdown] tags=["es"] of="e1f98dd0"
# ¿Se ha colado alguna? Un rastreo conoce las formas que tienen las claves, y mira los textos que están donde
# se espera una. Hacemos un fichero con dos líneas; una de ellas te costaría dinero:

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

# %% [markdown] tags=["es"] of="358fd7cd"
# En un terminal: `selfhost apis scan FOLDER`. La comprobación del propio curso lo hace con cada cuaderno,
# salidas incluidas. Si te ocurre: **primero revoca la clave**, en la página del proveedor; borrar la línea
# no sirve, porque el historial la guarda.

# %% [markdown]
# One thing on the side: section 8 asks through **LiteLLM**, a library that takes ten seconds to
# import. It lives in another environment; we start it there now, and look at its answer later.

# %% [markdown] tags=["es"] of="a59b6353"
# Una cosa de paso: la sección 8 pregunta por medio de **LiteLLM**, una biblioteca que tarda diez segundos en
# importarse. Vive en otro entorno; la arrancamos allí ahora, y miramos su respuesta más tarde.

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

# %% [markdown] tags=["es"] of="054fc672"
# ## 3. ¿Qué te deja ajustar una API?
#
# La documentación enumera parámetros. Una respuesta con estado 200 dice que nadie se quejó. Ninguna de las
# dos cosas es lo mismo que *tuvo efecto*. Toma estos cuatro, enviados a nuestro servidor por la API de
# OpenAI: `top_k`, `n`, `tools` y `temprature` (mal escrito). ¿Qué pasará con el mal escrito: un error, lo
# corrige alguien, o se ignora en silencio?

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

# %% [markdown] tags=["es"] of="f01d408f"
# La sonda envía cada parámetro con un valor cuyo efecto se puede *ver*: con `top_k` 1, unas respuestas que
# eran distintas se vuelven iguales; con `stop`, un texto termina antes de una palabra que contenía. Unas
# treinta respuestas cortas. (*accepted*: se vio el efecto; *ignored*: no hubo ninguno; *refused*: un error;
# *unclear*: no se distingue del azar.)

# %% tags=["nbval-ignore-output"]
from selfhost.apis import Target
from selfhost.apis.probe import probe

v1 = probe(Target.of(at, "openai"))
show.table([(f.parameter, f.sent, f.found, f.why) for f in v1],
           ["parameter", "sent", "found", "why"])

# %% [markdown]
# Compare the line of `temprature` with your guess:

# %% [markdown] tags=["es"] of="28903a47"
# Compara la línea de `temprature` con tu apuesta:

# %% tags=["nbval-ignore-output"]
misspelt.reveal("it is ignored in silence", {
    "an error: unknown parameter": "Some servers do that; most do not."})

# %% [markdown]
# The same model behind two doors: OpenAI's API and Ollama's. The picture has one field for each
# parameter and door; a dash means that this door has no such field.

# %% [markdown] tags=["es"] of="8cbaf7b7"
# El mismo modelo tras dos puertas: la API de OpenAI y la de Ollama. La imagen tiene una casilla para cada
# parámetro y puerta; una raya quiere decir que esa puerta no tiene tal campo.

# %% tags=["nbval-ignore-output"]
from selfhost.apis.pictures import fields, words

doors = {"/v1 (OpenAI)": v1}
if "ollama" in at.apis:
    doors["/api (Ollama)"] = probe(Target.of(at, "ollama"))
show.picture(fields(doors, f"{at.model}: what each door reads"), words(doors))

# %% [markdown]
# Ours reads nearly everything, because it is yours: nobody has to be protected from you. What do
# hosted ones say on their pages? (With a key, ask them instead: `selfhost apis probe groq`.)

# %% [markdown] tags=["es"] of="5e38d76e"
# El nuestro lee casi todo, porque es tuyo: no hay que proteger a nadie de ti. ¿Qué dicen en sus páginas los
# proveedores? (Con una clave, pregúntales a ellos: `selfhost apis probe groq`.)

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

# %% [markdown] tags=["es"] of="67b18895"
# Dos de estas líneas cuestan semanas a la gente. Un **enrutador** como OpenRouter quita los parámetros que no
# conoce el anfitrión elegido, si no le pides que no lo haga; y el mismo nombre de modelo lo pueden servir
# varios anfitriones, con precisiones distintas. Para un estudio, fija las dos cosas en la petición:

# %%
import json

pinned = {"provider": {"require_parameters": True, "quantizations": ["bf16"], "allow_fallbacks": False}}
asked = provider("openrouter").request("google/gemma-3-4b-it", "What is a token?", temperature=0, **pinned)
print(json.dumps(asked.body, indent=1))

# %% [markdown]
# And some things no parameter shows you, with any hosted model: the checksum of the weights that
# answered, the engine and its build, the number format of the cache, and who else was in the
# batch. Our own server tells all but the last, in an extra field of its `usage`:

# %% [markdown] tags=["es"] of="ba7d6bb5"
# Y hay cosas que ningún parámetro te enseña, con ningún modelo alojado por otros: la suma de comprobación de
# los pesos que respondieron, el motor y su compilación, el formato de números de la caché, y quién más estaba
# en el lote. Nuestro servidor lo cuenta todo menos lo último, en un campo añadido de su `usage`:

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

# %% [markdown] tags=["es"] of="9cf79c87"
# ## 4. La respuesta por partes
#
# Un modelo escribe token a token. Si pides la respuesta entera, esperas hasta el último; si la pides por
# partes (*streaming*), vas leyendo. ¿Hace eso que la respuesta llegue *antes*: solo la primera palabra, toda
# ella, o al contrario, tarda más y solo queda mejor?

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

# %% [markdown] tags=["es"] of="def54629"
# Apuntamos el momento de cada trozo, en tres ejecuciones de cada clase, y nos quedamos con la más rápida
# (otros programas estorban la medida):

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

# %% [markdown] tags=["es"] of="0b8a49d7"
# En cifras, y en una imagen: lo que tiene en la pantalla quien lee, a lo largo del tiempo.

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

# %% [markdown] tags=["es"] of="743edcfc"
# Tu apuesta:

# %% tags=["nbval-ignore-output"]
sooner.reveal("the first word comes sooner, the last one does not",
              {"all of it comes sooner": "The model does not write faster because you watch."})

# %% [markdown]
# With a small model on your own machine nobody notices. (The last word may even come *later*: each
# piece is a message of its own, and with thousands of tokens a second sending them takes longer
# than computing them.) With a model that writes ten tokens a second, an answer of 300 tokens takes
# half a minute, and streaming is the difference between reading and staring. On the wire these are
# *server-sent events*: lines that begin with `data:`.

# %% [markdown] tags=["es"] of="dd24df49"
# Con un modelo pequeño en tu propia máquina nadie lo nota. (La última palabra puede llegar incluso *más
# tarde*: cada trozo es un mensaje, y con miles de tokens por segundo enviarlos tarda más que calcularlos.)
# Con un modelo que escribe diez tokens por segundo, una respuesta de 300 tokens tarda medio minuto, y
# recibirla por partes es la diferencia entre leer y mirar la pantalla. En el cable son *server-sent events*:
# líneas que empiezan por `data:`.

# %% [markdown]
# ## 5. Answers that a program can read
#
# A program wants `{"answer": "yes"}`, not “Sure! Here is …”. Asking nicely helps sometimes. A
# **JSON schema** in `response_format` helps always: at each step the engine forbids all tokens that
# would break the form.

# %% [markdown] tags=["es"] of="dbe2a058"
# ## 5. Respuestas que puede leer un programa
#
# Un programa quiere `{"answer": "yes"}`, no «¡Claro! Aquí tienes…». Pedirlo con amabilidad sirve a veces. Un
# **esquema JSON** en `response_format` sirve siempre: en cada paso el motor prohíbe todos los tokens que
# romperían la forma.

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

# %% [markdown] tags=["es"] of="eca5cde2"
# Cada respuesta es JSON válido (también con un modelo pequeño). Ahora, dos trampas. ¿Qué dirá un modelo si la
# forma solo le deja elegir entre tres ciudades?

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

# %% [markdown] tags=["es"] of="c99c8505"
# Dice una ciudad, preguntes lo que preguntes: **un esquema impone la forma, no el sentido.** Incluso la
# primera puede estar mal aunque el modelo lo supiera hace un momento, porque se le prohibieron las palabras con las
# que habría empezado. Una respuesta equivocada en JSON perfecto se nota menos que una frase equivocada. Así
# que da al modelo una salida (`"none of these"`, ninguna de estas), y comprueba también el contenido.
#
# La segunda trampa está en el último valor de cada línea: la razón por la que terminó la respuesta.

# %% tags=["nbval-ignore-output"]
text, reason = structured("What is 3 plus 4?", word)
print(repr(text))
print("ended because of:", reason)

# %% [markdown]
# If it says `length`, the answer was cut off and is *no* JSON: small models sometimes write blanks
# for ever, which JSON allows. Always set `max_tokens`, always look at `finish_reason`, and let a
# library check the result (`pydantic`, `jsonschema`).

# %% [markdown] tags=["es"] of="8fb57160"
# Si dice `length`, la respuesta se cortó y *no* es JSON: los modelos pequeños escriben a veces espacios en
# blanco sin fin, cosa que JSON permite. Pon siempre `max_tokens`, mira siempre `finish_reason`, y deja que
# una biblioteca compruebe el resultado (`pydantic`, `jsonschema`).

# %% [markdown]
# ## 6. Tools, as the API sees them
#
# “The model calls a function” is a figure of speech. Who runs the function?

# %% [markdown] tags=["es"] of="efab5478"
# ## 6. Las herramientas, vistas desde la API
#
# «El modelo llama a una función» es una manera de hablar. Le han hablado de una función `add(a, b)`. ¿Quién
# la ejecuta: el modelo, el servidor o tu programa?

# %% tags=["nbval-ignore-output"]
runs = predict(
    "The model was told of a function `add(a, b)`. Who runs it?",
    ["the model", "the server", "your program"],
)
runs

# %% [markdown]
# This is what your program sends along: a description, made from the function itself.

# %% [markdown] tags=["es"] of="ccfb8a72"
# Esto es lo que tu programa envía además: una descripción, hecha a partir de la propia función.

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

# %% [markdown] tags=["es"] of="6d8afe90"
# La conversación tiene entonces cuatro mensajes: tu pregunta; lo que pide el modelo (`tool_calls`: un nombre, y
# unos argumentos en forma de texto); el resultado **de tu programa** (`role: tool`); la respuesta del modelo
# en palabras. `converse` hace eso, y solo ejecuta funciones que tú has nombrado, con argumentos que ha
# comprobado. ¿Sabe de herramientas el modelo de aquí?

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

# %% [markdown] tags=["es"] of="f6701c2f"
# Un rechazo es la respuesta honrada de un servidor cuyo modelo nunca se entrenó para eso (aprendiz no, y
# `gemma3:1b` tampoco tiene en su plantilla un sitio para herramientas). Un servidor que se limita a ignorar
# el campo te hace esperar llamadas que no llegan nunca. Sobre el papel, los cuatro mensajes de una llamada a
# una herramienta:
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

# %% [markdown] tags=["es"] of="07d3ca0a"
# Lo que viene de un modelo viene de fuera: comprueba los argumentos, permite pocas funciones, y no los pases
# nunca a un intérprete de órdenes.

# %% [markdown]
# ## 7. A bad day
#
# APIs fail: too many requests, a fault on their side, a page of HTML where JSON should be, or
# silence. `BadDay` is a real server on this computer that misbehaves by a script; where the
# script says `ok`, your model answers. First without any patience:

# %% [markdown] tags=["es"] of="b79cba5f"
# ## 7. Un mal día
#
# Las API fallan: demasiadas peticiones, un fallo por su parte, una página de HTML donde debería haber JSON,
# o silencio. `BadDay` es un servidor de verdad en este ordenador que se porta mal según un guion; donde el
# guion dice `ok`, responde tu modelo. Primero, sin ninguna paciencia:

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

# %% [markdown] tags=["es"] of="2d1fec15"
# Una frase para cada uno, y qué hacer. Pero ¿con cuáles de los cinco sirve preguntar otra vez: con todos, con
# todos menos el 401, o solo con el 429?

# %% tags=["nbval-ignore-output"]
again = predict("Ask again after which fault?", [
    "after all five", "after 429, 500, garbage and silence, not after 401", "only after 429"])
again

# %% [markdown]
# A patient program waits, and asks again; after each failure it waits **twice as long**, with a bit
# of chance in it. (Why chance? Thirty laptops that failed at the same moment would otherwise come
# back at the same moment.) A `Retry-After` from the server counts more.

# %% [markdown] tags=["es"] of="f97e3bbd"
# Un programa paciente espera, y pregunta otra vez; después de cada fallo espera **el doble**, con un poco de
# azar. (¿Por qué azar? Treinta portátiles que fallaron en el mismo momento volverían, si no, en el mismo
# momento.) Si el servidor envía un `Retry-After`, eso es lo que vale.

# %% tags=["nbval-ignore-output"]
with BadDay(["429", "500", "garbage", "ok"], then=at.openai_url) as day:
    reply = ask(Target(day.url, at.model, at.api_key), "Hello!", first_wait=0.1, max_tokens=30)
show.table([(n, a.status, a.what, f"{a.waited:.2f} s") for n, a in enumerate(reply.attempts, 1)],
           ["try", "status", "what happened", "then waited"])

# %% [markdown]
# On the fourth try there was an answer:

# %% [markdown] tags=["es"] of="50e87c99"
# Al cuarto intento hubo respuesta:

# %% tags=["nbval-ignore-output"]
print(reply.text)
again.reveal("after 429, 500, garbage and silence, not after 401",
             {"after all five": "A wrong key is as wrong the second time."})

# %% [markdown]
# OpenAI's client does this by itself, twice unless you say otherwise: `OpenAI(max_retries=5,
# timeout=30)`. Know that it does: a program that "hangs" is often one that retries; its timeout is
# ten minutes unless you set one (openai 3.52); and each retry of a paid API may cost. How often
# does it ask here?

# %% [markdown] tags=["es"] of="e9729a5b"
# El cliente de OpenAI lo hace por su cuenta, dos veces si no dices otra cosa: `OpenAI(max_retries=5,
# timeout=30)`. Conviene saberlo: un programa que «se cuelga» es muchas veces uno que reintenta; su límite de
# tiempo son diez minutos si no pones otro (openai 3.52); y cada reintento en una API de pago puede costar.
# ¿Cuántas veces pregunta aquí?

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

# %% [markdown] tags=["es"] of="eb55db6f"
# ## 8. Bibliotecas sobre el mismo servidor
#
# **LangChain** construye cadenas de pasos: texto → modelo → analizador. Habla a una dirección, como todos:

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

# %% [markdown] tags=["es"] of="a1cd0e39"
# **LiteLLM** da una sola función, `completion`, para más de cien proveedores, y un proxy que reparte las
# peticiones entre varios servidores. Aquí vive en un entorno propio: la versión 1.106 pide `openai < 3`, y
# este curso usa la 3. Dos bibliotecas que no se ponen de acuerdo sobre una tercera reciben dos entornos; para
# eso están los entornos. El programa que la sección 2 arrancó allí:

# %%
print(litellm.PROGRAM)

# %% [markdown]
# And what it printed:

# %% [markdown] tags=["es"] of="1dae6213"
# Y lo que imprimió:

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

# %% [markdown] tags=["es"] of="02cf47f5"
# ## 9. ¿Cuánto cuesta una llamada?
#
# Cada respuesta lleva su `usage`, y eso es lo que te facturan: tokens leídos y tokens escritos, a precios
# distintos. Los precios cambian; el de abajo es un **valor de ejemplo** de la lista de un tercero (el conjunto
# de datos *ai-pricing-matrix-2026*, instantánea del 2026-09-26, un modelo de 8000 millones de parámetros en un
# proveedor que lo aloja, en dólares por millón de tokens). Pon el de tu proveedor.

# %%
from selfhost.apis import Price, Usage, cost

PRICE = Price(prompt=0.05, completion=0.08, read="2026-09-26",
              source="huggingface.co/datasets/gemmozero/ai-pricing-matrix-2026")

# %% [markdown]
# Our first answer, at that price; and a class: 30 students, 40 questions each, with the whole
# conversation sent again every time, say 800 tokens in and 200 out.

# %% [markdown] tags=["es"] of="02bb7e15"
# Nuestra primera respuesta, a ese precio; y una clase: 30 estudiantes, 40 preguntas cada uno, con toda la
# conversación enviada otra vez en cada una, digamos 800 tokens de entrada y 200 de salida.

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

# %% [markdown] tags=["es"] of="2b7a4c28"
# ¿Tan poco? Para un modelo pequeño y una clase, sí: el precio solo no es razón para alojar un modelo pequeño.
# Las razones son las otras: control, privacidad, poder repetir, ninguna cuenta y ninguna red en el aula. Para
# modelos grandes y un uso constante la cuenta sale de otra manera: la hace entera el cuaderno 04, «Hardware y
# dinero». La lista de modelos de OpenRouter lleva precios que puede leer un programa (`Price.listed`); casi
# todos los demás tienen una página.

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

# %% [markdown] tags=["es"] of="b092737f"
# ## Compruébalo
#
# **1.** Tu programa funciona con tu propio servidor. ¿Qué cambias para usar Groq?
#
# <details><summary>Respuesta</summary>
#
# `base_url`, la clave (del entorno) y el nombre del modelo. Después repasa tus ajustes: la página de Groq dice
# que rechaza `logprobs` y `logit_bias`, y que convierte la temperatura 0 en 1e-8.
#
# </details>
#
# **2.** Pusiste `top_k` en una API ajena y recibiste el estado 200. ¿Se usó?
#
# <details><summary>Respuesta</summary>
#
# No lo sabe nadie. Pregunta varias veces con `top_k` 1 y una temperatura alta: si las respuestas siguen siendo
# distintas, se ignoró.
#
# </details>
#
# **3.** El cuaderno de un estudiante, con una clave en una *salida*, se subió hace una hora, y la celda se ha
# limpiado después. ¿Está todo bien?
#
# <details><summary>Respuesta</summary>
#
# No: está en el historial, y quizá ya copiada. Revoca la clave.
#
# </details>
#
# **4.** Tus respuestas en JSON salen cortadas de vez en cuando. ¿Dónde miras primero?
#
# <details><summary>Respuesta</summary>
#
# En `finish_reason`: `length` dice que a la respuesta le puso fin `max_tokens`.
#
# </details>
#
# **5.** Treinta portátiles reciben un 429 a la vez. ¿Por qué no deberían esperar todos dos segundos?
#
# <details><summary>Respuesta</summary>
#
# Porque volverían todos juntos y recibirían otra vez un 429. Unas esperas con algo de azar reparten las
# peticiones.
#
# </details>
