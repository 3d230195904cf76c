"""What came of a run: agreement with people, diagnosis, coverage, precision, completeness."""
