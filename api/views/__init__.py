"""Views: each translates a request into a call of a service, and its result into an answer."""
