"""Misconceptions about raising and catching exceptions, and about context managers."""
