"""The server: what is true, what is kept, what happens, what is pushed, and the doors."""
