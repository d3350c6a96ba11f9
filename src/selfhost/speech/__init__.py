"""Speech: a recording becomes a text, a text becomes a sound, and how wrong each is.

>>> from selfhost import speech
>>> speech.transcribe("question.wav").text          # openai-whisper, the shipped model oido
>>> speech.speak("Hola.", "es").save("hola.wav")    # Coqui TTS, the shipped voice voz
>>> speech.wer("what was said", "what was heard")

Both functions take other models by name (`tiny`, `tts_models/es/mai/tacotron2-DDC`) where a
network is. One module per subject: `hearing`, `speaking`, `scoring`, `reading` (sound files of
any length), `pauses`, `checkpoints` (safe loading), `hub` and `download` (other models),
`baseline` (espeak-ng, flite), `others` (Kokoro, Piper, ...), `pictures`.
"""

from __future__ import annotations

from selfhost.speech.hearing import transcribe
from selfhost.speech.loop import Stopwatch
from selfhost.speech.reading import facts, read
from selfhost.speech.recordings import recordings
from selfhost.speech.scoring import cer, differences, normalize, wer
from selfhost.speech.sound import Sound, join
from selfhost.speech.speaking import available, speak
from selfhost.speech.transcript import Segment, Transcript

__all__ = [
    "Segment",
    "Sound",
    "Stopwatch",
    "Transcript",
    "available",
    "cer",
    "differences",
    "facts",
    "join",
    "normalize",
    "read",
    "recordings",
    "speak",
    "transcribe",
    "wer",
]
