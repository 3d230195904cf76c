def parcel_price(weight):
    if weight < 0 or weight > 30:
        raise ValueError("impossible weight")
    elif weight <= 2:
        return LIGHT_PRICE
    elif weight <= 10:
        return MEDIUM_PRICE
    else:
        return HEAVY_PRICE
