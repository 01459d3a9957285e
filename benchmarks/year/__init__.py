"""Pairs live a year of virtual time: who was asked when is held against what they agreed to."""
