def add_guest(name, guests=None):
    if guests is None:
        guests = []
    guests = guests + name
    return guests
