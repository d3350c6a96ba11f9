"""One call and one stream through LiteLLM; run by its own Python, prints one line of JSON.

python litellm_client.py PROVIDER MODEL BASE_URL QUESTION
"""

import json
import sys

import litellm

provider, model, base, question = sys.argv[1:]
call = {
    "model": f"{provider}/{model}",
    "api_base": base,
    "api_key": "ollama",
    "temperature": 0,
    "max_tokens": 24,
    "messages": [{"role": "user", "content": question}],
}
whole = litellm.completion(**call)
pieces = [p.choices[0].delta.content or "" for p in litellm.completion(**call, stream=True)]
try:
    litellm.completion(**{**call, "model": f"{provider}/no-such-model"})
    refused = ""
except Exception as error:
    refused = f"{type(error).__name__}: {error}"
print(
    json.dumps({
        "whole": whole.choices[0].message.content,
        "tokens": whole.usage.completion_tokens,
        "stream": "".join(pieces),
        "pieces": len([p for p in pieces if p]),
        "refused": refused,
    })
)
