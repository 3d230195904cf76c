"""Misconceptions about programs that Python cannot read."""
