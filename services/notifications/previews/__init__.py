"""What each mail looks like in each language, for staff, with data made up for it."""
