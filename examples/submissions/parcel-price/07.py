def parcel_price(weight):
    if weight <= 2:
        return LIGHT_PRICE
    elif weight <= 10:
        return MEDIUM_PRICE
    elif weight <= 30:
        return HEAVY_PRICE
    return 0
