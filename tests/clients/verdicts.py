"""Which verdict of a flow stands at its end, by its events."""

MOVES = {"connected", "parent_answered", "answered", "bytes_read", "record", "records", "handshake"}


def standing(events):
    """Its id; None where there is none."""
    return standing_event(events).get("id")


def standing_event(events):
    """All of it. That of a stall is gone when something moves again, as on a machine that had other things to
    do for a second. Empty where there is none."""
    found, closed = {}, False
    for one in events:
        closed = closed or one["event"] == "closed"
        if one["event"] == "verdict":
            found = one if one.get("id") else {}  # none: taken back
        elif one["event"] in MOVES and not closed:
            found = {}
    return found
