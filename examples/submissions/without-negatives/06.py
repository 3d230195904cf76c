def without_negatives(numbers):
    positive = []
    for number in numbers:
        if number > 0:
            positive.append(number)
    return positive
