"""The verbs of the gateway: what is done with a message, and in which order. The only place that orders steps."""
