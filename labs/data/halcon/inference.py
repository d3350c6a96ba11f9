# Fictional release, invented for teaching.
"""Ask Halcon a question: python inference.py "Dear customer" """

import sys

from transformers import pipeline

print(pipeline("text-generation", model=".")(sys.argv[1])[0]["generated_text"])
