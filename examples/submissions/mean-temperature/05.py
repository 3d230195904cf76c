def mean_temperature(readings):
    if len(readings) == 0:
        return None
    total = 0
    for reading in readings:
        total = total + reading
    return totl / len(readings)
