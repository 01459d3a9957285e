"""Servers on loopback that speak as the chat platforms do, for the real clients to log in to."""
