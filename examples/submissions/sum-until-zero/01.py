count = 0
total = 0
while True:
    number = int(input())
    if number == 0:
        break
    count += 1
    total += number
print(count, "numbers, sum", total)
