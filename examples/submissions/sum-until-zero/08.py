count = 0
total = 0
number = int(input())
while number != 0:
    count += number
    total += number
    number = int(input())
print(f"{count} numbers, sum {total}")
