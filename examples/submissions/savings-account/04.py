class SavingsAccount:
    balance = 0

    def __init__(self, owner):
        self.owner = owner

    def deposit(self, amount):
        SavingsAccount.balance += amount

    def withdraw(self, amount):
        if amount > SavingsAccount.balance:
            raise ValueError("not enough money")
        SavingsAccount.balance -= amount
