"""Fine-tuning on a CPU: LoRA, its adapter as GGUF, merging, and what was learnt and forgotten.

>>> from selfhost import finetune
>>> tuned = finetune.train.lora(out)                 # about a minute with the shipped model
>>> gguf = finetune.adapter.to_gguf(out, out / "adapter.gguf")

One module per subject: `task` (what is taught: messages to a help desk), `train` (LoRA and full),
`adapter` (peft's files to a GGUF adapter), `merge` (one file out of two), `evaluate` (scores
before and after, through llama.cpp), `tree` (base, adapter, merge, quantization, from the files'
own metadata), `pictures`. Heavy libraries are imported when they are used.
"""

from selfhost.finetune import adapter, evaluate, merge, task, train, tree

__all__ = ["adapter", "evaluate", "merge", "task", "train", "tree"]
