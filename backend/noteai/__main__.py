"""`python -m noteai` is `noteai`."""

from noteai.cli.main import main

main()
