n = int(input())
for row in range(1, n):
    print("*" * row)
