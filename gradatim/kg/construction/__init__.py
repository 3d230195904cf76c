"""Building a concept graph from course documents: read, recognise, relate, merge."""
