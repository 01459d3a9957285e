"""What the people who work on Homegroup run by hand."""
