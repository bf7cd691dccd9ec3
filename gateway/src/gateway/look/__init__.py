"""How the portal looks: templates, styles and the small scripts of every page."""
