def parcel_price(weight):
    if weight <= 0 and weight > 30:
        raise ValueError("weight out of range")
    if weight <= 2:
        return LIGHT_PRICE
    if weight <= 10:
        return MEDIUM_PRICE
    return HEAVY_PRICE
