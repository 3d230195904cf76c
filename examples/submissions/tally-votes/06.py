def tally(votes):
    counts = {}
    for name in votes:
    if name not in counts:
        counts[name] = 0
    counts[name] += 1
    return counts
