def mean_temperature(readings):
    if readings == []:
        return None
    total = 0
    for r in readings:
        total += r
        total = total / len(readings)
    return total
