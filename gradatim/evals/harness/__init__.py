"""Scorers and agents inside other people's harnesses: inspect_ai, pytest, openevals, agentevals, LangSmith.

Nothing is imported here, so that a harness pays only for what it uses: `gradatim.evals.harness.inspect` for inspect_ai,
`gradatim.evals.harness.pytest_plugin` for pytest. openevals, agentevals and LangSmith take the scorers as they are.
"""
