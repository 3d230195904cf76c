"""Tests of `gradatim.telemetry`."""
