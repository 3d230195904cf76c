"""Misconceptions about totals, counters, tallies and records."""
