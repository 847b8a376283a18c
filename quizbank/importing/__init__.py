"""Somebody's notes as passages: whatever is read in can be given back byte for byte.

Knows neither the database nor the network. `reading.read` is the way in.
"""
