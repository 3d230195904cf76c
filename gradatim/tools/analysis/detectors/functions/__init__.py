"""Misconceptions about parameters, calls and returned values."""
