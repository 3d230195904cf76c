def column_sums(grid):
    sums = []
    for row in grid:
        total = 0
        for number in row:
            total += number
        sums.append(total)
    return sums
