"""Speed, measured by hand or at night; never asserted in a test."""
