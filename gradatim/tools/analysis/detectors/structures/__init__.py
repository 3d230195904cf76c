"""Misconceptions about linked lists, trees, graphs and algorithms on them."""
