def smallest_divisor(n):
    d = 1
    while n % d != 0:
        d += 1
    return d
