"""oido: a very small speech recogniser with the Whisper architecture, trained from scratch."""
