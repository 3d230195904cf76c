def smallest_divisor(n):
    divisor = 2
    while True:
        if n % divisor:
            return divisor
        divisor = divisor + 1
