"""What the doors call: perform acts, save drafts, serve copies, retry signatures."""
