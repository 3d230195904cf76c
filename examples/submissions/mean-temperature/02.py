def mean_temperature(readings):
    if len(readings) == 0:
        return None
    total = 0
    for r in readings:
        total += r
    return total // len(readings)
