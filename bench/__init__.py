"""What the portal costs under load, beside a bare view: `bin/bench` runs it, `rows.py` says what is measured."""

#: Where the bare view stands, in the same address space as the portal.
BARE_PATH = "bare/"
