"""Misconceptions about special cases and exceptions."""
