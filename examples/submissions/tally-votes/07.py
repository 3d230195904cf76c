def tally(votes):
    counts = {}
    for name in votes:
        if name in counts:
            counts[name] = counts[name] * 2
        else:
            counts[name] = 1
    return counts
