// Where `crm-kpi serve` can be reached from outside; `prepare.py` writes it here and into the files beside it.
export const ADDRESS = "https://kpi.example.com";
