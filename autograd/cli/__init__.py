"""The command line: expressions that a user types (`expression`), and what is done with them (`main`)."""
