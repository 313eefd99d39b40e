"""JSON as applications cache it: a page of records, whose keys repeat and whose values mostly don't."""

import json
import random
import zlib

SIZE = 4096
WORDS = (
    "account address amount archive balance basket billing branch button canvas carbon castle center change charge "
    "client coffee column common copper corner cotton county create credit custom dealer delivery detail digital "
    "dinner direct domain double driver editor energy engine export fabric factory family figure filter finger forest "
    "friend future garden global golden ground harbor health height hidden import income island jacket junior kernel "
    "ladder launch leader letter limit linear liquid list"
).split()


def record(source):
    return {
        "id": source.getrandbits(63),
        "sku": f"{source.getrandbits(48):012x}",
        "title": " ".join(source.choices(WORDS, k=4)).capitalize(),
        "price": round(source.uniform(1, 500), 2),
        "currency": source.choice(["EUR", "USD", "JPY"]),
        "in_stock": source.random() < 0.8,
        "updated_at": f"2025-{source.randint(1, 12):02}-{source.randint(1, 28):02}T{source.randint(0, 23):02}:00:00Z",
        "tags": source.sample(WORDS, 2),
    }


def make(count):
    """So many documents of `SIZE` bytes, the same in every run."""
    source = random.Random(SIZE)
    records = [json.dumps(record(source)) for _ in range(20_000)]
    return [document(source, records) for _ in range(count)]


def document(source, records):
    text = '{"items": ['
    while len(text) < SIZE:
        text += source.choice(records) + ", "
    return (text[: SIZE - 3] + '"]}').encode()


def deflation(texts):
    """How many times smaller zlib makes them at its usual level."""
    some = texts[:: max(1, len(texts) // 200)]
    return sum(map(len, some)) / sum(len(zlib.compress(text)) for text in some)
