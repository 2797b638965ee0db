"""Stages, workflows and runs. Knows no lecture, no Celery and no SQL."""
