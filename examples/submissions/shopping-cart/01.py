class Cart:
    def __init__(self):
        self.articles = {}

    def add(self, name, price, count=1):
        if name in self.articles:
            self.articles[name][1] += count
        else:
            self.articles[name] = [price, count]

    def remove(self, name):
        self.articles.pop(name)

    def total(self):
        total = 0
        for price, count in self.articles.values():
            total += price * count
        return total

    def names(self):
        return sorted(self.articles)
