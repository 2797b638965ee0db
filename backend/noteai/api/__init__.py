"""The door for clients: HTTP, by FastAPI."""
