from datetime import datetime

import pyarrow as pa

from jobs.dataset.complete_journey import events, items, users


def test_transactions_are_purchases_of_a_quantity_in_a_basket():
    moment = datetime(2017, 1, 1, 11, 53, 26)
    transactions = pa.table(
        {"household_id": [900], "product_id": [1095275], "basket_id": [31198570044], "quantity": [2],
         "transaction_timestamp": pa.array([moment], pa.timestamp("ns"))}
    )  # fmt: skip
    assert events(transactions).to_pylist() == [
        {"user_id": "900", "item_id": "1095275", "timestamp": moment, "event_type": "purchase", "value": 2.0,
         "session_id": "31198570044"}
    ]  # fmt: skip


def test_products_are_called_by_what_is_known_of_them():
    products = pa.table(
        {
            "product_id": [25671, 26081],
            "manufacturer_id": [2, 2],
            "department": ["GROCERY", "MISCELLANEOUS"],
            "brand": ["National", "Private"],
            "product_category": ["FRZN ICE", None],
            "product_type": ["ICE - CRUSHED/CUBED", None],
            "package_size": ["22 LB", None],
        }
    )
    first, second = items(products).to_pylist()
    assert (first["title"], first["categories"]) == ("Ice - crushed / cubed, 22 LB", ["Grocery", "Frzn ice"])
    assert first["text"] == "Ice - crushed / cubed; Frzn ice; Grocery. National brand."
    assert (second["title"], second["text"]) == ("Miscellaneous", "Miscellaneous. Private brand.")


def test_households_keep_what_is_known_of_them():
    known = {"age": "65+", "income": "35-49K", "home_ownership": None, "marital_status": "Married",
             "household_size": "2", "household_comp": "2 Adults", "kids_count": "0"}  # fmt: skip
    table = pa.table({"household_id": [1], **{name: pa.array([value], pa.string()) for name, value in known.items()}})
    assert users(table).to_pylist() == [{"user_id": "1", **known}]
