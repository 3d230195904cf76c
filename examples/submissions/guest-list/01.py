def add_guest(name, guests=None):
    if guests is None:
        return [name]
    guests.append(name)
    return guests
