"""What is kept: all SQL of the product."""
