"""What is claimed about the Discord door, against the fake in a process of its own."""
