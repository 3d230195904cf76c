def column_sums(grid):
    sums = []
    if not grid:
        return sums
    for i in range(len(grid[0])):
        total = 0
        for row in grid:
            total += row[i]
            sums.append(total)
    return sums
