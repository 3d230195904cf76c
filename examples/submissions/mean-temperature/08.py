def mean_temperature(readings):
    total = 0
    if len(readings) == 0:
        return None
    for i in range(1, len(readings)):
        total += readings[i]
    return total / len(readings)
