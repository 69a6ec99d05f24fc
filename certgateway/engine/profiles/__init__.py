"""StructureDefinitions compiled to trees of rules."""
