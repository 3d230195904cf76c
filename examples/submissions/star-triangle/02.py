n = int(input())
for row in range(n):
    print("*" * row)
