def without_negatives(numbers):
    result = []
    for number in numbers:
        if number >= 0:
            result += number
    return result
