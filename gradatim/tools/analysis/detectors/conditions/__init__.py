"""Misconceptions about comparisons and branches."""
