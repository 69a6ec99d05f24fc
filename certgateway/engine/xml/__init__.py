"""FHIR XML read to the tree that JSON gives, and written from it."""
