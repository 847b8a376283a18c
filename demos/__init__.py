"""Experiments that decide claims, and the machinery that runs them."""
