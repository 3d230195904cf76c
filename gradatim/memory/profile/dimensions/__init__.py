"""The eight dimensions of the profile, a module each: attributes and the small accumulators they are computed from."""
