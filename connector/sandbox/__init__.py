"""CRMs in a box: servers that speak a vendor's API on loopback, for the demo, dry runs and tests. They import nothing else of connector."""
