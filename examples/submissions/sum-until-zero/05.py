count = 0
total = 0
number = None
while number != 0:
    number = int(input())
    total += number
    count += 1
print(f"{count} numbers, sum {total}")
