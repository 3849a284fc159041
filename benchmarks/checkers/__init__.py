"""Gradient checkers beside each other: what they catch, what they refuse that is right, how long they take."""
