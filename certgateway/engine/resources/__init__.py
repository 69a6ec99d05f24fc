"""Rules of whole resources that neither structure nor a constraint states."""
