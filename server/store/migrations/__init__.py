"""The history of the database's shape: one revision a file in `versions/`, in order.

A revision has run somewhere once it is released, so from then on it is never changed. Each new
one leaves the release before it working, because during a rollout both run on one database.
"""
