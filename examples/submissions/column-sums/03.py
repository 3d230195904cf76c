def column_sums(grid):
    sums = []
    if grid == []:
        return sums
    for i in range(len(grid[0])):
        total = 0
        for i in range(len(grid)):
            total += grid[i][i]
        sums.append(total)
    return sums
