"""Prompt injection: texts in submissions that try to steer the agents, and what they bring about."""

from gradatim.evals.injection.battery import Attack, Attempt, load_attacks, run_battery

__all__ = ["Attack", "Attempt", "load_attacks", "run_battery"]
