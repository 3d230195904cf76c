"""Sections of reports about one learner, one module each."""
