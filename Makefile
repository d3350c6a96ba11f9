# Everything is done by kit.py, which Windows users call directly (py kit.py lab).
# Settings are given as in `make lab PORT=8899 BROWSER=no`; `make help` lists them.
PYTHON ?= $(shell command -v python3 || command -v python)

TARGETS := lab check doctor pull serve report notebooks sync wheel model-aprendiz models-verify slides figures site bundle hub nightly check-frontends constraints clean

.PHONY: help $(TARGETS)

help:
	@"$(PYTHON)" kit.py help

$(TARGETS):
	@"$(PYTHON)" kit.py $@ $(MAKEOVERRIDES)
