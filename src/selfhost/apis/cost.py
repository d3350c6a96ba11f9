"""What a call costs, from the usage that comes back with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Usage:
    """Tokens of one call: read, and written. `cached` of the read ones came from a cache."""

    prompt: int
    completion: int
    cached: int = 0

    @classmethod
    def of(cls, reply: Mapping[str, Any]) -> Usage:
        """From OpenAI's `usage`, or Ollama's counts. Raises ValueError where neither is there."""
        usage = reply.get("usage")
        if isinstance(usage, Mapping):
            details = usage.get("prompt_tokens_details") or {}
            return cls(
                int(usage.get("prompt_tokens") or 0),
                int(usage.get("completion_tokens") or 0),
                int(details.get("cached_tokens") or 0),
            )
        if "eval_count" in reply:
            return cls(int(reply.get("prompt_eval_count") or 0), int(reply["eval_count"]))
        raise ValueError("the answer tells no usage")

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.prompt + other.prompt,
            self.completion + other.completion,
            self.cached + other.cached,
        )


@dataclass(frozen=True)
class Price:
    """Price per million tokens, with where and when it was read: a price without them is none."""

    prompt: float
    completion: float
    source: str
    read: str
    currency: str = "USD"
    cached: float | None = None

    @classmethod
    def listed(cls, model: Mapping[str, Any], source: str, read: str) -> Price:
        """From an entry of OpenRouter's list of models: prices per token, written as text.

        Raises ValueError when there is no price, or a negative one (their sign for "varies").
        """
        try:
            pricing = model["pricing"]
            prompt, completion = float(pricing["prompt"]), float(pricing["completion"])
        except (KeyError, TypeError) as error:
            raise ValueError("this entry names no price") from error
        if prompt < 0 or completion < 0:
            raise ValueError("the price of this entry varies")
        return cls(prompt * 1e6, completion * 1e6, source, read)


def cost(usage: Usage, price: Price) -> float:
    """The price of a call in `price.currency`; cached tokens at their own price if there is one."""
    cheap = usage.cached if price.cached is not None else 0
    read = (usage.prompt - cheap) * price.prompt + cheap * (price.cached or 0.0)
    return (read + usage.completion * price.completion) / 1e6
