"""What jobs found, as rows that can be asked."""
