"""CRM KPI Connector."""
