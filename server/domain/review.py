"""What reviewers said of a change before it went out."""

from server.term import Term


class ReviewState(Term):
    """What a reviewer said in the end."""

    APPROVED = "APPROVED", "The change is good to go."
    CHANGES_REQUESTED = "CHANGES_REQUESTED", "Something has to become another before it goes."
    COMMENTED = "COMMENTED", "Remarks, without a verdict."
    DISMISSED = "DISMISSED", "A verdict that was set aside."
