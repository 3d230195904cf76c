def without_negatives(numbers):
    result = []
    for i in range(len(numbers)):
        if i >= 0:
            result.append(numbers[i])
    return result
