def tally(votes):
    counts = {}
    for name in votes:
        if name in counts:
            counts[name] += 1
        else:
            counts[name] = 0
    return counts
