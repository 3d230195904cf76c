def mean_temperature(readings):
    if not readings:
        return 0
    return sum(readings) / len(readings)
