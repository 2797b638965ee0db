"""Progress as it happens."""
