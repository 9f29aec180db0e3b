"""Incidents told end to end, through the doors of a real server."""
