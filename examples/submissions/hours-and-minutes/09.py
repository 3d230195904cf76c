minutes = int(input())
hours = minutes // 60
rest = minutes - hours
print(f"{hours} h {rest} min")
