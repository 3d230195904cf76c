"""Thousands of submissions: resumable, each line of the output written exactly once, on one machine or on many."""

from gradatim.graphs.batch.batch import Batch, BatchOptions, ledger_path
from gradatim.graphs.batch.engine import Engine, LocalEngine
from gradatim.graphs.batch.items import Failure, Item, Job, Result, Status, TaskEntry
from gradatim.graphs.batch.sources import LearnerRule, Manifest, Programs, Source
from gradatim.graphs.batch.summary import Summary

__all__ = [
    "Batch",
    "BatchOptions",
    "Engine",
    "Failure",
    "Item",
    "Job",
    "LearnerRule",
    "LocalEngine",
    "Manifest",
    "Programs",
    "Result",
    "Source",
    "Status",
    "Summary",
    "TaskEntry",
    "ledger_path",
]
