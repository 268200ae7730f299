"""The made-up business: its people, its customers, and the words it uses."""

from __future__ import annotations

COMPANY = "Northside Electrical & Plumbing"
BUSINESS = "northside"
PHONE = "(03) 5550 1870"
SUBURB = "Northcote"
SENDER = f"{COMPANY} <no-reply@northside.example>"

ROLES: dict[str, str] = {
    "business_owner": "Business Owner",
    "admin": "Admin",
    "finance": "Finance",
    "sole_trader": "Sole Trader",
    "supervisor": "Supervisor",
    "tradie": "Tradie",
    "apprentice": "Apprentice",
}

FIELD_ROLES = frozenset({"tradie", "apprentice"})

STAFF = (
    ("kim", "Kim Lee", "business_owner"),
    ("priya", "Priya Nair", "admin"),
    ("olive", "Olive Grant", "finance"),
    ("marcus", "Marcus Bell", "sole_trader"),
    ("tom", "Tom Hargrave", "supervisor"),
    ("jess", "Jess Moana", "tradie"),
    ("eddie", "Eddie Walsh", "apprentice"),
)

CLIENTS = (
    ("Dana Reyes", "14 Banksia Street, Northcote"),
    ("Abbott & Sons Bakery", "203 High Street, Thornbury"),
    ("Amir Haddad", "7 Clarke Street, Fairfield"),
    ("Beth Ormond", "31 Rushall Crescent, Fitzroy North"),
    ("Carlos Mendoza", "5 Gillies Street, Fairfield"),
    ("Ella Fitzgibbon", "88 Station Street, Carlton North"),
    ("Farida Khan", "19 Hawthorn Road, Northcote"),
    ("George Papadakis", "2 Union Street, Brunswick"),
    ("Greenleaf Childcare", "61 Separation Street, Northcote"),
    ("Hannah Whitlock", "12 Keele Street, Collingwood"),
    ("Ivan Petrov", "140 Plenty Road, Preston"),
    ("Joan Tanaka", "9 Arthurton Road, Northcote"),
    ("Kestrel Property Management", "Level 2, 410 Smith Street, Collingwood"),
    ("Liam O'Connell", "27 Mitchell Street, Brunswick East"),
    ("Mina Park", "3 Scotchmer Street, Fitzroy North"),
    ("Noor van Dijk", "55 Bastings Street, Northcote"),
    ("Owen Blackwood", "18 Gold Street, Clifton Hill"),
    ("Rosa Lindqvist", "74 Ross Street, Northcote"),
    ("Samuel Adeyemi", "6 Woolton Avenue, Thornbury"),
    ("The Corner Bookshop", "120 Queens Parade, Fitzroy North"),
)

PIPELINES = (
    ("electrical", "Electrical work", True),
    ("plumbing", "Plumbing and gas", True),
    ("maintenance", "Maintenance plans", False),
)

STATUSES = ("Enquiry", "Quoted", "Booked", "In progress", "On hold", "Completed", "Invoiced", "Paid")

FORMS: dict[str, tuple[str, ...]] = {
    "Site visit": ("Access", "Parking", "Existing installation", "Remarks"),
    "Safety check": ("Isolated and tagged", "Tested by", "Hazards found"),
    "Completion": ("Work done", "Certificate number", "Hours on site"),
}
