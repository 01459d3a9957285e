"""Step work: a notebook of one's own that somebody else may read while one lets them."""
