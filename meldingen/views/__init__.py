"""The pages of meldingen: `openbaar` for everybody, `nieuw` for the form, `behandelen` for behandelaars."""
