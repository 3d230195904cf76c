"""Score recorded runs with gradatim's scorers in inspect_ai: `python score_recorded.py runs.jsonl`."""

import sys

from inspect_ai import Task, eval

from gradatim.evals.harness.inspect import gradatim_scorers, recorded_solver, recorded_traces

task = Task(recorded_traces(sys.argv[1]), solver=recorded_solver(), scorer=gradatim_scorers("trust", "trajectory"))
[log] = eval(task, model="mockllm/model")
