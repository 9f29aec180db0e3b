"""What an incident's feed is made of: one row for each change of anything that belongs to it."""

from server.term import Term


class FeedSubject(Term):
    """What a change is about."""

    INCIDENT = "INCIDENT", "The incident itself."
    TIMELINE = "TIMELINE", "An entry of its timeline."
    HYPOTHESIS = "HYPOTHESIS", "A hypothesis."
    ATTRIBUTION = "ATTRIBUTION", "Its attribution or the verdict."
    WHY = "WHY", "A node of its why-chain."
    ACTION_ITEM = "ACTION_ITEM", "An action item."
    POSTMORTEM = "POSTMORTEM", "Its post-mortem."
    MERGER = "MERGER", "The incident that this one became part of: with it the feed ends."


class FeedChange(Term):
    """What happened to it."""

    ADDED = "ADDED", "It is new."
    REVISED = "REVISED", "It was changed; earlier texts stay readable as revisions."
    RETRACTED = "RETRACTED", "It was taken back, and no longer counts."
