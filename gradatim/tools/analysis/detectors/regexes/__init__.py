"""Misconceptions about regular expressions."""
