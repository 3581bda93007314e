"""What people and programs read: terminal, Markdown, JSON, DOT, Mermaid. Values in, text out.

Modules are imported by name where they are used, because rich costs start-up time that plain output need not pay.
"""
