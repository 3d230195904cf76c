def column_sums(grid):
    if len(grid) == 0:
        return []
    sums = []
    for c in range(len(grid[0])):
        total = 0
        for r in range(len(grid)):
            total += grid[r][c]
        sums.append(total)
    return sums
