"""The KITH XML side: envelope, certificate of 2008 and receipts. The mirror of `fhir`; knows no rules and no store."""
