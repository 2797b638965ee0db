"""Requests to other people's servers when something has happened to a job."""
