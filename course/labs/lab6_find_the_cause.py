# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
#   kit:
#     title: Find the cause
#     minutes: 10
#     exercises: 40
#     objectives:
#       - compute an output disagreement rate yourself
#       - tell from the measures whether a cause sits before, inside or after the network
#       - use two stack cards to name a cause, and do without when a card tells little
#       - prove a cause by switching one factor and getting the other run again
#     needs: []
#     next: null
#     es:
#       title: Encuentra la causa
#       objectives:
#         - calcular tú una tasa de respuestas discrepantes
#         - ver en las medidas si una causa está antes de la red, dentro o después
#         - usar dos fichas del entorno (stack cards) para nombrar una causa, y arreglártelas cuando una cuenta poco
#         - demostrar una causa cambiando un solo factor y obteniendo otra vez la otra ejecución
# ---

# %% [markdown]
# **Three complaints have reached you.** Three colleagues ran the same model on the same hundred
# questions, at temperature 0, and none of them gets the answers that you get. "It is the same
# model," they say, "and I changed nothing." Each is wrong for *one* reason. Find the three.
#
# You need notebook 15. All runs are made here, now, by llama.cpp with the weights of `aprendiz`
# (about a minute in all). Nothing is drawn at random: a cause, once switched, gives the other run
# again to the last digit. That is how you will *prove* it.

# %% [markdown] tags=["es"] of="e6e7ff47"
# **Te han llegado tres quejas.** Tres colegas hicieron al mismo modelo las mismas cien preguntas, a
# temperatura 0, y a nadie le salen las respuestas que te salen a ti. «Es el mismo modelo», dicen, «y no
# he cambiado nada». Cada cual se equivoca por *una sola* razón. Encuentra las tres.
#
# Necesitas el cuaderno 15. Todas las ejecuciones se hacen aquí y ahora, con llama.cpp y los pesos de
# `aprendiz` (en total, cosa de un minuto). No se sortea nada: una causa, una vez introducida, vuelve a dar
# la otra ejecución hasta la última cifra. Así es como lo vas a *demostrar*.

# %%
from selfhost import engines
from selfhost.checks import Checks
from selfhost.engines import lab6

check = Checks("Lab 6")
lab = lab6.Lab(engines.items(per_set=25))
pairs = {number: lab.pair(number) for number in (1, 2, 3)}
print(len(lab.items), "questions;", "pairs:", *pairs)

# %% [markdown]
# In each pair, A is your run and B the colleague's. Two answers of pair 1 that differ:

# %% [markdown] tags=["es"] of="4c5e96f0"
# En cada pareja, A es tu ejecución y B la de tu colega. Dos respuestas de la pareja 1 que son
# distintas:

# %% tags=["nbval-ignore-output"]
pair = pairs[1]
unlike = [n for n, (a, b) in enumerate(zip(pair.a.answers, pair.b.answers)) if a.text != b.text]
for n in unlike[:2]:
    print(lab.items[n].messages[-1]["content"], "\n   A:", pair.a.answers[n].text,
          "\n   B:", pair.b.answers[n].text, "\n")

# %% [markdown]
# ## 1. How many differ?
#
# **Exercise 1.** Write the first measure yourself: the share of questions whose answers differ.
# The function gets two lists of texts, in the same order.

# %% [markdown] tags=["es"] of="c7c79808"
# ## 1. ¿Cuántas son distintas?
#
# **Ejercicio 1.** Escribe tú la primera medida, la tasa de respuestas discrepantes (*output
# disagreement rate*): la proporción de preguntas cuyas respuestas son distintas. La función recibe dos
# listas de textos, en el mismo orden.

# %% tags=["nbval-ignore-output"]
def disagreement(texts_a, texts_b):
    ### BEGIN HINT
    # `zip` gives the pairs; a sum of comparisons counts them, since True counts as 1.
    ### END HINT
    ### BEGIN SOLUTION
    return sum(a != b for a, b in zip(texts_a, texts_b)) / len(texts_a)
    ### END SOLUTION


check("1", "output disagreement rate", lab6.check_rate, disagreement, pairs[1])

# %% [markdown]
# ## 2. Before, inside or after the network?
#
# A question becomes tokens (template, BOS: *before*), the tokens go through the network (weights,
# number formats, kernels: *inside*), and from its probabilities a token is chosen (penalty,
# temperature: *after*). Each place leaves its own trace. Here are the measures of the three pairs:

# %% [markdown] tags=["es"] of="972ce440"
# ## 2. ¿Antes de la red, dentro o después?
#
# Una pregunta se convierte en tokens (plantilla, BOS: *antes*), los tokens pasan por la red (pesos,
# formatos de números, núcleos de cálculo: *dentro*), y de sus probabilidades se elige un token
# (penalización, temperatura: *después*). Cada lugar deja su propia huella. Aquí están las medidas de
# las tres parejas: cuántas respuestas son distintas (*answers that differ*), el sesgo de la longitud
# (*length bias*), el RMSE de las log-probabilidades (la raíz del error cuadrático medio), la mayor
# diferencia en el primer token (*first token, largest difference*), cuánto se parecen los cinco
# mejores candidatos (*same top five*) y el desplazamiento de la puntuación (*shift of the score*):

# %% tags=["nbval-ignore-output"]
from selfhost import show

measured = {number: lab6.symptoms(pair) for number, pair in pairs.items()}
show.table(
    [(name, *(f"{measured[n][name]:.3g}" for n in pairs)) for name in measured[1]],
    ["measure", "pair 1", "pair 2", "pair 3"],
)

# %% [markdown]
# Think before you answer:
#
# - If the cause sits *after* the network, the network gives the same numbers as long as both sides
#   have said the same. What is the RMSE then?
# - If it sits *before*, the network reads something else from the very first token on.
# - If it sits *inside*, everything is a little different, everywhere.
#
# **Exercise 2.** Fill in, for each pair, one of `"before the network"`, `"inside the network"`,
# `"after the network"`. (Pairs 2 and 3 look alike: one of them is larger at the first token. Guess,
# and let the rest of the lab correct you.)

# %% [markdown] tags=["es"] of="7fd86d6b"
# Piensa antes de responder:
#
# - Si la causa está *después* de la red, la red da los mismos números mientras los dos lados hayan
#   dicho lo mismo. ¿Cuánto vale entonces el RMSE?
# - Si está *antes*, la red lee otra cosa desde el primerísimo token.
# - Si está *dentro*, todo es un poco distinto, en todas partes.
#
# **Ejercicio 2.** Pon, para cada pareja, uno de estos: `"before the network"` (antes),
# `"inside the network"` (dentro), `"after the network"` (después). (Las parejas 2 y 3 se parecen: una
# de ellas es mayor en el primer token. Apuesta, y deja que el resto de la práctica te corrija.)

# %%
place_1, place_2, place_3 = None, None, None
### BEGIN HINT
# One pair has an RMSE of exactly 0. Of the other two, compare "first token, largest difference".
### END HINT
### BEGIN SOLUTION
place_1 = "after the network"
place_2 = "inside the network"
place_3 = "before the network"
### END SOLUTION
check("2a", "where the cause of pair 1 sits", lab6.check_place, place_1, 1)
check("2b", "where the cause of pair 2 sits", lab6.check_place, place_2, 2)
check("2c", "where the cause of pair 3 sits", lab6.check_place, place_3, 3)

# %% [markdown]
# ## 3. Pair 1: ask the cards
#
# Both runs of pair 1 brought their stack cards. Which fields differ?

# %% [markdown] tags=["es"] of="1d33c0b9"
# ## 3. Pareja 1: pregunta a las fichas
#
# Las dos ejecuciones de la pareja 1 traen sus fichas del entorno. ¿Qué campos son distintos?

# %%
from selfhost import stackcard

for found in stackcard.differences(pairs[1].a.card, pairs[1].b.card):
    print(f"{found.field}: {found.a} | {found.b}  ({found.why})")

# %% [markdown]
# **Exercise 3.** Name the cause, in one of these words:

# %% [markdown] tags=["es"] of="6a780a5c"
# **Ejercicio 3.** Nombra la causa, con una de estas expresiones. (Son: nada; otra plantilla de
# conversación; un BOS doble; una penalización por repetición; otros números en los pesos; otros
# números en la caché KV.)

# %%
print(*lab6.CAUSES, sep="\n")
cause_1 = None
### BEGIN HINT
# A field that starts with `settings.` is what was in force while tokens were chosen.
### END HINT
### BEGIN SOLUTION
cause_1 = "a repetition penalty"
### END SOLUTION
check("3", "the cause of pair 1", lab6.check_cause, cause_1, 1)

# %% [markdown]
# This one happened to thousands of people at once: Ollama's default for this setting was 1.1 up to
# version 0.32.9 and is 1.0 since (2026-08). After the update, everybody who had never set it got
# other answers.

# %% [markdown] tags=["es"] of="939d0df2"
# Esto les pasó a miles de personas a la vez: el valor por defecto de este ajuste en Ollama fue 1,1
# hasta la versión 0.32.9 y desde entonces es 1,0 (2026-08). Después de la actualización, a quien nunca
# lo había fijado le salieron otras respuestas.

# %% [markdown]
# ## 4. Pair 2: a card that tells little
#
# The second colleague used somebody else's server. Such a server tells its name and little else,
# and its card is honest about it (we have blanked here what such a server does not tell):

# %% [markdown] tags=["es"] of="17f5de1d"
# ## 4. Pareja 2: una ficha que cuenta poco
#
# Tu segundo colega usó un servidor ajeno. Un servidor así dice su nombre y poco más, y su ficha lo
# reconoce (hemos dejado aquí en blanco lo que un servidor así no dice):

# %% tags=["nbval-ignore-output"]
found = stackcard.differences(pairs[2].a.card, pairs[2].b.card)
print(len(found), "fields are not told;", sum(each.settled for each in found), "differ for sure")
print(stackcard.likely_reason(found))

# %% [markdown]
# Nothing that both cards tell explains it, so you have to experiment. **Exercise 4.** Choose a
# suspect, switch it yourself, and compare: `lab.with_cause("...")` runs A with one factor switched.
# When your run *is* B, you have proved the cause.

# %% [markdown] tags=["es"] of="25f5908e"
# Nada de lo que dicen las dos fichas lo explica, así que hay que experimentar. **Ejercicio 4.** Elige
# un sospechoso, cámbialo tú, y compara: `lab.with_cause("...")` ejecuta A con un solo factor cambiado.
# Si tu ejecución *es* B, has demostrado la causa.

# %%
proof_2 = None
### BEGIN HINT
# You know from exercise 2 where the cause sits. Which of the words of exercise 3 sit there?
### END HINT
### BEGIN SOLUTION
proof_2 = lab.with_cause("other numbers in the weights")
### END SOLUTION
check("4", "a run that gives B of pair 2 again", lab6.check_proof, proof_2, pairs[2])

# %% [markdown]
# ## 5. Pair 3: hardly a trace
#
# Pair 3 is the worst kind. Look at the measures again: few answers differ, the score is the same.
# In a paper this would never be noticed. **Exercise 5.** Find the cause with the cards, and prove
# it as well.

# %% [markdown] tags=["es"] of="1c22bcb3"
# ## 5. Pareja 3: casi sin huella
#
# La pareja 3 es de la peor clase. Vuelve a mirar las medidas: pocas respuestas son distintas, la
# puntuación es la misma. En un artículo esto no se notaría nunca. **Ejercicio 5.** Encuentra la causa
# con las fichas, y demuéstrala también.

# %%
cause_3, proof_3 = None, None
### BEGIN HINT
# Print the differences of the two cards of pairs[3] as in part 3. One field says who puts a token
# in front of the text; and the template writes one itself.
### END HINT
### BEGIN SOLUTION
for found in stackcard.differences(pairs[3].a.card, pairs[3].b.card):
    print(found.field, "|", found.why)
cause_3 = "a doubled BOS"
proof_3 = lab.with_cause(cause_3)
### END SOLUTION
check("5a", "the cause of pair 3", lab6.check_cause, cause_3, 3)
check("5b", "a run that gives B of pair 3 again", lab6.check_proof, proof_3, pairs[3])

# %% [markdown]
# The first tokens that the network read, in both runs:

# %% [markdown] tags=["es"] of="17f7dac7"
# Los primeros tokens que leyó la red, en las dos ejecuciones:

# %%
source = engines.shipped()
for rendering in (engines.OWN, engines.DOUBLED_BOS):
    ids = rendering.prompt(source, lab.items[0]).ids
    print(f"{rendering.name:18}", [source.tokenizer.id_to_token(i) for i in ids[:4]])

# %% [markdown]
# ## 6. What would have spared you this
#
# **Exercise 6.** Write the one sentence that each of the three should have put into the paper:
# which engine, which number format, which template and who adds BOS, which penalty.

# %% [markdown] tags=["es"] of="51b584a5"
# ## 6. Qué te habría ahorrado esto
#
# **Ejercicio 6.** Escribe la única frase que cada uno de los tres debería haber puesto en el artículo:
# qué motor, qué formato de números, qué plantilla y quién añade el BOS, qué penalización. (En español o
# en inglés, como quieras.)

# %%
report = ""
### BEGIN HINT
# `stackcard.paragraph(pairs[1].a.card)` writes more than you need.
### END HINT
### BEGIN SOLUTION
report = (
    "Answers by llama.cpp (xllamacpp 2026.10.11549), F32 weights, the model's own chat template "
    "with one BOS token and none added by the engine, temperature 0, repeat penalty 1.0."
)
### END SOLUTION
check("6", "what a reader needs to repeat it", lab6.check_report, report)

# %% [markdown]
# One reason sat after the network, one inside, one before. No one of the three colleagues lied,
# and none had changed anything: something had been changed *for* them. You found it because runs
# can be compared, cards can be compared, and one factor can be switched at a time.

# %% [markdown] tags=["es"] of="ec361ece"
# Una razón estaba después de la red, una dentro, una antes. Nadie mintió, de los tres, y nadie había
# cambiado nada: alguien había cambiado algo *en su lugar*. Lo has encontrado porque las ejecuciones se
# pueden comparar, las fichas se pueden comparar, y se puede cambiar un factor cada vez.

# %%
print(check.summary())
