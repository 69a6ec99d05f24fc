"""Values and pure functions about certificates: no IO, no clock, no dice, no foreign formats."""
