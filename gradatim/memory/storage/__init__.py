"""Where the learner memory is kept: the event log with what follows from it, and reviewers' decisions."""
