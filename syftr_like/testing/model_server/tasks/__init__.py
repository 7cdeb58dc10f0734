"""What the stand-in can do, a family of tasks a module."""
