"""The .NET surface: what types there are and what members they have, as tables; the ways in for compiled scripts.

`get_member`, `set_member`, `invoke_method`, `get_static`, `set_static`, `invoke_static`, `get_index`, `set_index`,
`construct`, `resolve_type`, `type_name` are all that the compiler and the cmdlets call.
"""
