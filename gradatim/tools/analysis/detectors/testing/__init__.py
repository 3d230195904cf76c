"""Misconceptions about tests and logging."""
