"""REST, version 1: a door to the same two functions that the portal uses. It translates and holds no rule."""
