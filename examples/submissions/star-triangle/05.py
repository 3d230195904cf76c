n = int(input())
row = 1
while row <= n:
    print("*" * row)
    row + 1
