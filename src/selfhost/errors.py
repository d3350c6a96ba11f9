"""The one exception that students see: a sentence, and the command that mends it."""

from __future__ import annotations


class KitError(Exception):
    """Something a person can mend; never a bug of ours.

    `message` is one sentence that says what happened; `mend` is the command or the step that
    puts it right. Commands print both and exit with `exit_code`, without a traceback.
    """

    def __init__(self, message: str, mend: str | None = None, *, exit_code: int = 1) -> None:
        super().__init__(message if mend is None else f"{message} Try: {mend}")
        self.message = message
        self.mend = mend
        self.exit_code = exit_code

    def _render_traceback_(self) -> list[str]:
        """Show one sentence in a notebook too (the hook IPython asks exceptions for)."""
        return [f"{type(self).__name__}: {self}"]
