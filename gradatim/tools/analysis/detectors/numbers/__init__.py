"""Misconceptions about calculating with numbers."""
