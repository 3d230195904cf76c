def add_guest(name, guests=None):
    if guests is None:
        guests = []
    return guests.append(name)
