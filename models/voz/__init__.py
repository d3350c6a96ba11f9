"""voz: small English and Spanish voices for Coqui TTS, trained from scratch."""
