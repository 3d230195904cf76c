"""Verified repair: the smallest changes of a wrong program that make every test pass.

A repair is evidence of where the fault lies. It is found by trying: edits of a beginner's kind, and, where there are
correct programs of others, what stands there in the same place. Nothing counts as a repair that was not executed.
"""
