"""What is claimed about speed and safety, as commands."""
