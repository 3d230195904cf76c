def smallest_divisor(n):
    d = 2
    while n % d != 0:
        if n % d == 0:
            return d
    return d
