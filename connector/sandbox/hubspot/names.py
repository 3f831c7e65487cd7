"""Invented people for the customers' side: the data knows companies, not whom one speaks to there."""

FIRST = (
    "Ada", "Bruno", "Chiara", "Daniel", "Edda", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Kira", "Luca", "Mara", "Nils", "Olga", "Pablo",
    "Quinn", "Rosa", "Samir", "Tilda", "Umar", "Vera", "Willem", "Xenia", "Yara", "Zoltan",
)  # fmt: skip
LAST = (
    "Abel", "Brandt", "Castro", "Doyle", "Ekström", "Fontana", "Grau", "Haddad", "Ivers", "Jansen", "Kowal", "Lindqvist", "Moreau", "Novak",
    "Okafor", "Petit", "Quist", "Rossi", "Sato", "Tanaka", "Ueda", "Varga", "Weiss", "Young", "Zeller",
)  # fmt: skip
JOBS = ("Buyer", "Head of IT", "Chief Financial Officer", "Office Manager", "Operations Lead", "Procurement Manager")
