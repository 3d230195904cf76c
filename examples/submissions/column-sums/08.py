def column_sums(grid):
    if not grid:
        return 0
    sums = [0] * len(grid[0])
    for row in grid:
        for i in range(len(row)):
            sums[i] += row[i]
    return sums
