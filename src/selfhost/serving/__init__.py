"""Serving a model to many: what engines are for, how fast they are, and why.

`guide` (which engine for what, with reasons), `measure` (the same weights through several
engines, each in a process of its own), `roofline` (what memory and processor allow), `students`
(many people on one endpoint, with everybody's waiting time), `reuse` (prefix cache and
speculative decoding in llama.cpp), `compat` (does an endpoint keep the contract?), `pictures`.
"""
