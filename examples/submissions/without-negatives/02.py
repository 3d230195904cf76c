def without_negatives(numbers):
    result = []
    for number in numbers:
        if number < 0:
            continue
        result.append(number)
    return result


print(without_negatives([1, -2, 3]))
