"""`python -m exmigrate`: the command, where the script of that name is not on the path."""

from exmigrate.cli import main

main()
