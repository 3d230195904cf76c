"""Misconceptions about functions that call themselves."""
