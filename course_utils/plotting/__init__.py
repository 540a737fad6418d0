"""Making figures, showing them with alt text, and exploring them with controls."""
