"""The web pages: they translate between people and the workflows, and hold no rule of their own."""
