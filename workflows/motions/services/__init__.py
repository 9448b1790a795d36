"""Services for portal and REST API: perform acts, save drafts, serve copies, retry signatures."""
