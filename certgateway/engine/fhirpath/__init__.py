"""FHIRPath for FHIR R4: expressions compiled to closures, and to quick conditions on the raw tree."""
