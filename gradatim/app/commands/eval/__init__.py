"""`gradatim eval`: experiments, their reports, comparisons, and what a school needs to rate feedback."""

from __future__ import annotations

import click

from gradatim.app.lazy import LazyCommand, LazyGroup

_COMMANDS = {
    "run": ("running:run", "Run an experiment: data × variants × models × seeds."),
    "ablate": ("ablating:ablate", "Run the assessment with one part taken away at a time."),
    "score": ("scoring:score", "Score traces that were recorded, by anybody."),
    "judge": ("judging:judge", "Find out how far a model agrees with people as a judge of tutors."),
    "report": ("reporting:report", "Write the report of an experiment as HTML and Markdown."),
    "compare": ("comparing:compare", "Compare two experiments, with significance and an exit code."),
    "sensitivity": ("sensitivity:sensitivity", "Change each weight of the composite by a fifth."),
    "fairness": ("fairness:fairness", "Compare groups of learners: scores, confidence, reviews, errors."),
    "protocol": ("protocol:protocol", "Let a school rate submissions, and compute agreement."),
    "list": ("listing:list_all", "List scorers, data sets, variants and experiments."),
}


@click.group(
    name="eval",
    cls=LazyGroup,
    table={
        name: LazyCommand(f"gradatim.app.commands.eval.{target}", text) for name, (target, text) in _COMMANDS.items()
    },
)
def eval() -> None:
    """Measure agents: run experiments, score traces, compare, report."""
