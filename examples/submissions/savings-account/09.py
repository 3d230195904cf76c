class SavingsAccount:
    def __init__(self, owner):
        self.owner = owner
        self.balance = 0

    def deposit(self, amount):
        self.balance == self.balance + amount

    def withdraw(self, amount):
        if self.balance < amount:
            raise ValueError("too much")
        self.balance = self.balance - amount
