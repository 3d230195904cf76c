def digit_sum(n):
    if n < 10:
        return n
    digit_sum(n // 10)
    return n % 10
