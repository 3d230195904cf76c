def fibonacci(n):
    if n == 1:
        return 0
    first = 0
    second = 1
    for step in range(n - 1):
        third = first + second
        first = second
        second = third
    return second
