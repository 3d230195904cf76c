class Cart:
    def __init__(self):
        self.articles = {}

    def add(self, name, price, count=1):
        self.articles[name][0] = price
        self.articles[name][1] += count

    def remove(self, name):
        del self.articles[name]

    def total(self):
        total = 0
        for price, count in self.articles.values():
            total += price * count
        return total

    def names(self):
        return sorted(self.articles)
