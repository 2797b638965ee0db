"""What the worker borrows for its agents: models, each a Protocol and implementations."""
