"""Roles of a classroom beside assessment: oral examiner, short-answer marker, placement, help for peer reviewers."""
