def column_sums(grid):
    sums = []
    for i in range(len(grid)):
        total = 0
        for j in range(len(grid[0])):
            total += grid[j][i]
        sums.append(total)
    return sums
