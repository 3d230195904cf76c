def triangle(n):
    for row in range(1, n + 1):
        return "*" * row


triangle(int(input()))
