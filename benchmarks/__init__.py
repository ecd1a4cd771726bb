"""Measurements that print the figures quoted in the docs; not part of the package."""
