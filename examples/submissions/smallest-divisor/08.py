def smallest_divisor(n):
    divisor = 2
    while n % divisor != 0:
        divisor += 2
    return divisor
