"""Celery workers: wake-ups in, stages done, wake-ups out. Celery is imported here only."""
