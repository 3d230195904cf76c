"""Misconceptions about texts and typed input."""
