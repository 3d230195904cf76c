def parcel_price(weight):
    if weight <= 0 or weight > 30:
        raise ValueError("weight")
    if weight <= 2:
        price = LIGHT_PRICE
    if weight <= 10:
        price = MEDIUM_PRICE
    else:
        price = HEAVY_PRICE
    return price
