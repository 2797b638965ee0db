"""Who owns jobs, uploads, objects and events."""
