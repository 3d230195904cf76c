"""Misconceptions about tuples, sets and dictionaries."""
