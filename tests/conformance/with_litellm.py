"""Ask through LiteLLM, in LiteLLM's own environment: BASE_URL MODEL -> one line of JSON.

LiteLLM asks for openai < 3, so it cannot be imported beside the openai 3 that students use.
"""

import json
import sys

import litellm


def main(base_url: str, model: str) -> None:
    """Print what came back whole, and what came back as a stream."""
    asked = {
        "model": model,
        "api_base": base_url,
        "api_key": "ollama",
        "temperature": 0,
        "max_tokens": 24,
        "messages": [{"role": "user", "content": "What is the capital of France?"}],
    }
    answer = litellm.completion(**asked)
    pieces = litellm.completion(**asked, stream=True)
    stream = "".join(piece.choices[0].delta.content or "" for piece in pieces)
    print(json.dumps({"whole": answer.choices[0].message.content, "stream": stream}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
