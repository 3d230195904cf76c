def add_guest(name, guests=None):
    if guests is None:
        guests = []
    guests += name
    return guests
