"""What is claimed about the Telegram door, measured against a Bot-API-shaped server on loopback."""
