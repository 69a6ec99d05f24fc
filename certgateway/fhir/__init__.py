"""FHIR R4 on the wire: message Bundle, certificate, receipt. Opens, strips, reads and writes; never judges."""
