"""Text the .NET way: numbers, dates, composite formats, wildcards, regular expressions. Culture is invariant."""
