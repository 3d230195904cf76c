"""Misconceptions about lists and the order of items."""
