def parcel_price(weight):
    if weight <= 0 or weight > 30:
        raise ValueError("impossible weight")
    if weight <= 2:
        return MEDIUM_PRICE
    if weight <= 10:
        return LIGHT_PRICE
    return HEAVY_PRICE
