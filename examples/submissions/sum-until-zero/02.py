count = 0
total = 0
number = input()
while number != 0:
    count += 1
    total += number
    number = input()
print(f"{count} numbers, sum {total}")
