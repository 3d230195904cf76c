"""The parts of a report of an evaluation, each made from what was measured."""
