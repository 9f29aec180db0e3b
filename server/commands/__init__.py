"""What happens: each command is one transaction that loads, asks the domain, stores, publishes."""
