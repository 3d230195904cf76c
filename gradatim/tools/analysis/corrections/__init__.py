"""What a verified change says about the belief behind the line that it changes.

One module for each kind of part; each yields `Reading`s of a change. What they are about is the pair of the old and
the new part as trees, never the name of the operator that found the change.
"""
