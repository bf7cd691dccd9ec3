"""The pages of the desk, as the dispatcher sees them."""
