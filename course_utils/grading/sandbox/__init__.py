"""Isolation and limits: one module per kind of sandbox, and sessions in it."""
