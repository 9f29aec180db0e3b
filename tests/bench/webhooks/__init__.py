"""What comes from vendors: how soon it is seen, how much is taken, how fast the past is read."""
