"""What maintains the kit: set-up, checks, reports, the course's builder. Not part of `selfhost`."""
