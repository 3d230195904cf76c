def mean_temperature(readings):
    total = 0
    for r in readings:
        total = total + r
    return total / len(readings)
