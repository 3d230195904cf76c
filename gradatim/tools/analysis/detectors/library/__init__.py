"""Misconceptions about modules of the standard library."""
