def fibonacci(n):
    old = 0
    new = 1
    for i in range(n):
        old, new = new, old + new
    return new
