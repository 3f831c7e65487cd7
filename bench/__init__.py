"""Measures the product against itself and others; run the modules one by one."""
