"""Misconceptions about classes and objects."""
