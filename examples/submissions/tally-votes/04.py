def tally(votes):
    counts = {}
    for name in votes:
        counts[name] = 1
        if name in counts:
            counts[name] += 1
    return counts
