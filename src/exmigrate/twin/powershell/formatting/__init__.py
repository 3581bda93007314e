"""Objects as text for people: Format-Table, Format-List, the default views, and the widths of consoles."""
