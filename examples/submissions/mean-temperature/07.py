def mean_temperature(readings):
    sum = 0
    for r in readings:
        sum += r
    if len(readings) > 0:
        return sum(readings) / len(readings)
