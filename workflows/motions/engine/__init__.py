"""The one loop that performs any act: check, record, apply, follow up. It knows no act by name."""
