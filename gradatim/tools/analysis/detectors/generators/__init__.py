"""Misconceptions about iterators and generators."""
