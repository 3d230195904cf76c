"""Data sets that agents are evaluated on, each read as a stream of `Example`s."""

from gradatim.evals.datasets.example import Example
from gradatim.evals.datasets.registry import DATA_SETS, DataSet, data_set, load

__all__ = ["DATA_SETS", "DataSet", "Example", "data_set", "load"]
