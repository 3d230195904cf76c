"""Patterns that several detectors look for."""
