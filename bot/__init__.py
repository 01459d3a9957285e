"""The program: its core, its doors, and what keeps time and delivers."""

__version__ = "0.1.0"
