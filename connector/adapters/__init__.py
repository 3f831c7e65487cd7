"""One vendor, one module: each reads a CRM in our words and writes our fields and goals back."""
