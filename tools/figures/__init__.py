"""Every figure of the slides, drawn by the kit's own code from its own data."""
