"""What a model's servers can carry and what that costs, from measured tokens and launch profiles."""
