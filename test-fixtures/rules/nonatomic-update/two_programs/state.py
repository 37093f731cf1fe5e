"""What two programs of one folder keep, each for itself."""
count = 0
