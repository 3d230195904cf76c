n = int(input())
row = 1
while row <= n:
    print("*" * n)
    row += 1
