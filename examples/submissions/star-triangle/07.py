def triangle(n):
    for row in range(1, n + 1):
        print("*" * row)


n = int(input())
triangle
