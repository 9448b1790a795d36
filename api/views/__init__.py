"""The views: each translates a request into a call of the rooms below, and its result into an answer."""
