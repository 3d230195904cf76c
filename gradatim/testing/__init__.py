"""For testing workflows offline: a scripted model, learners with known truth, assertions about runs."""
