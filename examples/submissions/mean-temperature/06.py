def mean_temperature(readings):
    if not readings:
        return None
    rest = sum(readings[:-1])
    last = readings[-1]
    return rest + last / len(readings)
