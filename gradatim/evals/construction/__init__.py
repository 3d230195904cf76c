"""Concept graphs built from course text: annotated texts, and the training of the judges on some of them."""
