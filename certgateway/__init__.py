"""certgateway: an open gateway for structured medical certificates. docs/walk.md tells how a message goes."""
