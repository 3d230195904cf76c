"""Scorers of tutoring dialogues: the eight dimensions of MRBench, Socratic quality, talk, success, hints, affect.

Each module beside this page is one scorer: a function of the module's name, and `INFO`. None of them asks a model;
where evidence does not decide, the score is `None` and says so. With a judge: `gradatim.evals.judging`.
"""
