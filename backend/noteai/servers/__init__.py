"""Real servers that come in wheels, run as children: Postgres, Valkey and SeaweedFS."""
