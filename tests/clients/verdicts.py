"""Which verdict of a flow stands at its end, by its events."""

MOVES = {"connected", "parent_answered", "answered", "bytes_read", "record", "records", "handshake"}


def standing(events):
    """That of a stall is gone when something moves again, as on a machine that had other things to do for a
    second. None where there is none."""
    found, closed = None, False
    for one in events:
        closed = closed or one["event"] == "closed"
        if one["event"] == "verdict":
            found = one.get("id")  # none: taken back
        elif one["event"] in MOVES and not closed:
            found = None
    return found
