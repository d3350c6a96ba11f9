"""Set-up and everyday commands, standard library only: they run before anything is installed.

`commands` reads the command line, `environment` makes `.venv`, `pips` runs pip and turns its
failures into a sentence, `wheel` builds llama-cpp-python in the background, `lock` keeps two runs
apart, `places` says where things are.
"""
