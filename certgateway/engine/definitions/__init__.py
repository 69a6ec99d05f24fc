"""What FHIR and the loaded profiles state: facts of types, packages of definitions, and codes."""
