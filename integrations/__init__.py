"""What is seen elsewhere: plugins that turn other systems' events into observations."""
