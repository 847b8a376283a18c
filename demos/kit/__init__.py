"""The vocabulary of a demo and the rule by which its claims are judged.

`declare` and what it gathers, `parameters` and `words` need the standard library only, so the
web process may import them; `draws`, `judge` and `measure` need numpy, scipy or torch.
"""
