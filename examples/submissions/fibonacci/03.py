def fibonacci(n):
    first, second = 0, 1
    for step in range(1, n):
        first, second = second, first + second
    return first
