"""What stands on the samples, by ready set: typed off by hand from what ``vision.samples.draw`` writes."""

from __future__ import annotations

from typing import Any

_SHOP = (
    *(("Sourdough loaf", 3.80), ("Whole milk 2 l", 2.15), ("Free range eggs x12", 4.20), ("Cheddar 350 g", 5.45)),
    *(("Tomatoes 0.6 kg", 2.10), ("Coffee beans 250 g", 7.90), ("Oranges x6", 3.40)),
)
_STUDIO = (
    *(("Exhibition signs, A1", 12, 85.00, 1020.00), ("Catalogue layout, pages", 48, 22.50, 1080.00)),
    *(("Photo retouching, hours", 6, 60.00, 360.00), ("Delivery", 1, 40.00, 40.00)),
)
_FORM = (
    *(("First name", "Tomas"), ("Family name", "Lindqvist"), ("Date of birth", "14/03/1988")),
    *(("Street and number", "8 Ropewalk"), ("Postcode and place", "BS1 6WN Bristol")),
    *(("E-mail", "tomas.lindqvist@harbour.example"), ("Telephone", "+44 117 496 0127")),
)

TRUTH: dict[str, dict[str, Any]] = {
    "invoice": {
        **{"vendor": "Alder & Finch Studio", "date": "2026-11-12", "total": 3000.00},
        "items": [
            {"description": name, "amount": amount, "quantity": count, "price": price}
            for name, count, price, amount in _STUDIO
        ],
        **{"number": "AF-2026-0187", "due_date": "2026-12-12", "customer": "Northgate Museum Trust"},
        **{"subtotal": 2500.00, "tax": 500.00, "currency": "GBP", "iban": "GB33 BUKB 2020 1555 5555 55"},
        "vendor_address": "27 Mill Lane\nCambridge CB2 1TP",
    },
    "receipt": {
        **{"vendor": "HARBOUR GROCERS", "date": "2026-11-20", "total": 29.00},
        "items": [{"description": name, "amount": amount} for name, amount in _SHOP],
        **{"time": "17:42", "address": "14 Quay Street, Bristol BS1 4DJ", "subtotal": 29.00, "tax": 0.00},
        **{"currency": "GBP", "payment": "Cash", "cash": 40.00, "change": 11.00, "number": "004417"},
        "vendor_tax_id": "GB 123 4567 82",
    },
    "card": {
        **{"name": "Dr Maya Okafor", "position": "Head of Conservation", "company": "Northgate Museum Trust"},
        **{"email": ["maya.okafor@northgate.example"], "phone": ["+44 1904 555 0143"]},
        **{"website": "www.northgate.example", "address": "3 Castle Square, York YO1 9QL"},
    },
    "form": {
        **{"title": "Application for membership", "issuer": "Harbour Rowing Club", "number": "2026-0412"},
        **{"date": "2026-11-18", "name": "Tomas Lindqvist", "birth_date": "1988-03-14"},
        **{"address": "8 Ropewalk\nBS1 6WN Bristol", "email": "tomas.lindqvist@harbour.example"},
        "phone": "+44 117 496 0127",
        "entries": [
            *({"label": label, "value": value} for label, value in _FORM),
            {"label": "Member of another club"},
        ],
        "boxes": [
            *({"label": "Sculling", "ticked": True}, {"label": "Sweep rowing", "ticked": False}),
            *({"label": "I can swim 200 metres", "ticked": True}, {"label": "Send me the newsletter", "ticked": False}),
        ],
        "signed": True,
    },
    "screenshot": {
        **{"app": "Finch Paper Goods", "heading": "Your basket", "message": "Free delivery from 80.00"},
        **{"buttons": ["Check out"], "menu": ["Shop", "Offers", "Help", "Basket (3)"]},
        "values": [
            *({"label": "Subtotal", "value": "78.50"}, {"label": "Delivery", "value": "4.95"}),
            {"label": "Total", "value": "83.45"},
        ],
    },
}
