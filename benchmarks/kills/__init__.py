"""Kills a community's process again and again, and compares what two ledgers know of it."""
