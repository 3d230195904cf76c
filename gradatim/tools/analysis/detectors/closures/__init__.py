"""Misconceptions about functions in functions, decorators and functions that get functions."""
