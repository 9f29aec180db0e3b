"""`python -m server` is `whychain`."""

from server.cli import main

main()
