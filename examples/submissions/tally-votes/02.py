def tally(votes):
    counts = {}
    for name in votes:
        counts[name] += 1
    return counts
