"""Open311 GeoReport v2: how other systems read meldingen, send them and follow them. `docs/open311.md` is the contract.

A small app of its own inside meldingen, with the same order of imports; it writes through `meldingen.actions` alone.
"""
