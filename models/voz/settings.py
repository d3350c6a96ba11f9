"""What defines a voice: alphabet, sound pictures and network sizes, as Coqui's configuration."""

from __future__ import annotations

from typing import Any

LANGUAGES = ("en", "es")
RATE = 16_000
FFT, WINDOW, HOP, MELS = 1024, 800, 200, 80
LOWEST_PITCH, HIGHEST_PITCH = 60.0, 400.0
MAX_NORM, REF_DB, MIN_DB = 4.0, 20.0, -100.0

PAD, EOS, BOS, BLANK = "_", "~", "^", "<BLNK>"
CHARACTERS = {
    "en": "abcdefghijklmnopqrstuvwxyz'",
    "es": "abcdefghijklmnopqrstuvwxyzáéíóúüñ",
}
PUNCTUATION = {"en": ",.?! ", "es": ",.?!¿¡ "}
CLEANERS = {"en": "english_cleaners", "es": "multilingual_cleaners"}
HIDDEN = 160


def vocabulary(language: str) -> list[str]:
    """Characters in the order of Coqui's ``Graphemes`` class."""
    return [PAD, EOS, BOS, BLANK, *CHARACTERS[language], *PUNCTUATION[language]]


def model_args(language: str) -> dict[str, Any]:
    """Sizes of the network (Coqui's ``ForwardTTSArgs``)."""
    return {
        "num_chars": len(vocabulary(language)),
        "out_channels": MELS,
        "hidden_channels": HIDDEN,
        "use_aligner": False,
        "use_pitch": True,
        "use_energy": False,
        "positional_encoding": False,
        "encoder_type": "relative_position_transformer",
        "encoder_params": {
            "hidden_channels_ffn": 512,
            "num_heads": 2,
            "kernel_size": 3,
            "dropout_p": 0.05,
            "num_layers": 4,
            "rel_attn_window_size": 8,
            "input_length": None,
            "layer_norm_type": "2",
        },
        "decoder_type": "wavenet",
        "decoder_params": {
            "num_blocks": 2,
            "hidden_channels": 128,
            "kernel_size": 5,
            "dilation_rate": 2,
            "num_layers": 4,
            "dropout_p": 0.0,
        },
        "duration_predictor_hidden_channels": 128,
        "duration_predictor_dropout_p": 0.1,
        "pitch_predictor_hidden_channels": 128,
        "pitch_predictor_dropout_p": 0.1,
        "detach_duration_predictor": False,
        "max_duration": 200,
    }


def audio_settings() -> dict[str, Any]:
    """How sound becomes a picture and back (Coqui's ``BaseAudioConfig``)."""
    return {
        "sample_rate": RATE,
        "fft_size": FFT,
        "win_length": WINDOW,
        "hop_length": HOP,
        "num_mels": MELS,
        "mel_fmin": 0.0,
        "mel_fmax": None,
        "preemphasis": 0.0,
        "ref_level_db": int(REF_DB),
        "min_level_db": int(MIN_DB),
        "signal_norm": True,
        "symmetric_norm": True,
        "max_norm": MAX_NORM,
        "clip_norm": True,
        "spec_gain": 20,
        "log_func": "np.log10",
        "power": 1.2,
        "griffin_lim_iters": 30,
        "do_trim_silence": False,
        "do_sound_norm": False,
        "do_amp_to_db_mel": True,
        "stft_pad_mode": "reflect",
        "pitch_fmin": LOWEST_PITCH,
        "pitch_fmax": HIGHEST_PITCH,
    }


def coqui_config(language: str) -> dict[str, Any]:
    """The content of ``config.json`` beside the weights."""
    return {
        "model": "fast_pitch",
        "base_model": "forward_tts",
        "run_name": f"voz-{language}",
        "num_chars": len(vocabulary(language)),
        "model_args": model_args(language),
        "audio": audio_settings(),
        "use_phonemes": False,
        "phoneme_language": None,
        "text_cleaner": CLEANERS[language],
        "enable_eos_bos_chars": True,
        "add_blank": False,
        "characters": {
            "characters_class": "TTS.tts.utils.text.characters.Graphemes",
            "characters": CHARACTERS[language],
            "punctuations": PUNCTUATION[language],
            "pad": PAD,
            "eos": EOS,
            "bos": BOS,
            "blank": BLANK,
            "is_unique": False,
            "is_sorted": False,
        },
        "compute_f0": True,
        "test_sentences": [],
    }
