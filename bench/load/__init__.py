"""The service under load: `python -m bench.load [--only NAME ...] [--short]`."""
