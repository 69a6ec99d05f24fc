"""Keys, seals and, later, signatures and tokens: what the promises rest on. No SQL and no message format in here."""
