def without_negatives(numbers):
    return [n for n in numbers if n >= 0]
