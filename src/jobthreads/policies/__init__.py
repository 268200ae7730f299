"""Decisions: who may do what, and what a client sees. Pure functions of values."""
