"""Foreign programs. `tool` is the only door to them."""
