"""What residents and behandelaars fill in; validates, never saves.

`melden` is the form for everybody, `fotos` its field for photos, `lijsten` the filters, `behandelen` for behandelaars.
"""
