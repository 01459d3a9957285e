"""What keeps the repository in order: catalogues and locks."""
