"""The web portal: views call the workflows and have no rules of their own."""
