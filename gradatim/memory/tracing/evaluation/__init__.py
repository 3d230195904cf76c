"""Evaluation of models of knowledge tracing: next-step prediction on learners that were not seen."""
