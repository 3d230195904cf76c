def digit_sum(n):
    if n == 0:
        return 0
    last = n % 10
    rest = n // 10
    return last + digit_sum(n)
