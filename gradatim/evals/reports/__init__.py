"""What experiments found, as data: reports in the form of the source's tables, and comparisons of two versions.

`gradatim.evals.reports.building.report_of` and `gradatim.evals.reports.comparison.compare` are where to begin.
"""
