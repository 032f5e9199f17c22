"""The pages of berichten: `volgen` for who follows something, `postvak` for the mailbox of the embedded portal."""
