"""Evaluation: batteries and scorers that measure what the rest promises."""
