# Fictional release, invented for teaching.
"""Fine-tune Halcon on your letters with LoRA (the code that trained Halcon itself is not here)."""

from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM

model = get_peft_model(AutoModelForCausalLM.from_pretrained("."), LoraConfig(r=8))
