"""Misconceptions about what a program prints."""
