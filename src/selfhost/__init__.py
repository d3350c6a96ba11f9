"""Helper package of the workshop *Generative AI models running in your own infrastructure*.

Small modules, one subject each. Nothing heavy is imported here: `import selfhost` stays
under 0.2 s, and torch, llama.cpp or transformers are loaded where they are used.
"""

from selfhost.errors import KitError

__all__ = ["KitError", "__version__"]
__version__ = "0.1.0"
