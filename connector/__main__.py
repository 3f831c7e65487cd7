"""Lets `python -m connector` be `crm-kpi`."""

from connector.cli import main

main()
