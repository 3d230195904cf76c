"""The combined model: a logistic sum of named contributions."""
