def tally(votes):
    result = {}
    for name in votes:
        if name not in result:
            result[name] = 1
        result[name] += 1
    return result
