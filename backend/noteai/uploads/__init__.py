"""Files on their way into the store."""
