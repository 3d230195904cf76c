def column_sums(grid):
    sums = []
    if grid == []:
        return sums
    total = 0
    for i in range(len(grid[0])):
        for row in grid:
            total += row[i]
        sums.append(total)
    return sums
