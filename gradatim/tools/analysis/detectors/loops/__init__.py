"""Misconceptions about loops: where they begin and end, and what their variable stands for."""
