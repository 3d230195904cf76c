def without_negatives(numbers):
    result = numbers
    i = 0
    while i < len(result):
        if result[i] < 0:
            result.pop(i)
        else:
            i += 1
    return result
