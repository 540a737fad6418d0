"""Handing submissions out to worker processes, here or on a cluster."""
