"""What a run must leave in its target, computed from the stream as the official Java SDK reads it.

Independent of the product: nothing here shares code with it. Input are the JSON lines of
tests/integration/sdk/Dump.java.
"""
import base64
import json
import struct
from decimal import Decimal

PUT, UPDATE, DELETE = "PUT", "UPDATE", "DELETE"


class Shard:
    def __init__(self, name):
        self.name, self.parents, self.closed, self.changes = name, [], False, []


class Change:
    def __init__(self, line):
        self.shard, self.action = line["shard"], line["action"]
        self.epoch, self.us, self.index = line["epoch"], line["us"], line["index"]
        self.key = [(c["name"], value_of(c)) for c in line["key"]]
        self.cells = [Cell(c) for c in line["cells"]]

    @property
    def ms(self):
        return self.us // 1000

    @property
    def key_values(self):
        return tuple(v for _, v in self.key)


class Cell:
    def __init__(self, cell):
        self.name, self.op, self.timestamp = cell["name"], cell["op"], cell.get("timestamp")
        self.value = value_of(cell) if self.op == "PUT" else None


def value_of(cell):
    """(type, value); doubles come as bits, binaries as base64."""
    kind, value = cell["type"], cell["value"]
    if kind == "DOUBLE":
        value = struct.unpack(">d", bytes.fromhex(value.rjust(16, "0")))[0]
    elif kind == "BINARY":
        value = base64.b64decode(value)
    return kind, value


def read_stream(lines):
    """Shards by name, parents before children, as Dump prints them."""
    shards = {}
    for text in lines:
        line = json.loads(text)
        shard = shards.setdefault(line["shard"], Shard(line["shard"]))
        if "action" in line:
            shard.changes.append(Change(line))
        else:
            shard.parents, shard.closed = line["parents"], line["closed"]
    return shards


def border(shard, ms):
    """The first change in shard order whose time is not before `ms`."""
    for i, change in enumerate(shard.changes):
        if change.ms >= ms:
            return i
    return len(shard.changes)


def window(shards, start_ms, end_ms):
    """The changes of [start, end) per shard, for a task that runs its first window."""
    result, read_to_end, gave = {}, set(), set()
    for shard in shards.values():
        parents = [p for p in shard.parents if p in shards]
        if any(p not in read_to_end for p in parents):
            continue  # a parent stopped at the window's end: this shard is of a later window
        inherits = any(p in gave for p in parents)
        begin = 0 if inherits else border(shard, start_ms)
        rest = shard.changes[begin:]
        end = next((i for i, c in enumerate(rest) if c.ms >= end_ms), len(rest))
        if end == len(rest) and shard.closed:
            read_to_end.add(shard.name)
        if end > 0:
            gave.add(shard.name)
        result[shard.name] = rest[:end]
    return result


# ---- rows of objects


def row_mode(change, columns, sequence=False):
    """The rows of one change in single_version_and_update_only mode: none or one."""
    if change.action == DELETE:
        return []
    values = dict(change.key)
    values.update({c.name: c.value for c in change.cells if c.op == "PUT"})
    if not any(name in values for name in columns):
        return []
    row = [values.get(name) for name in columns]
    return [row + [("STRING", sequence_text(change))] if sequence else row]


def column_mode(change, sequence=False):
    """One row per changed cell: keys, name, version, value, operation."""
    rows = []
    if change.action != UPDATE:
        rows.append([None, None, None, "DR"])
    for cell in change.cells:
        name = ("STRING", cell.name)
        version = None if cell.timestamp is None else ("INTEGER", cell.timestamp)
        if cell.op == "PUT":
            rows.append([name, version, cell.value, "U"])
        elif cell.op == "DELETE_ONE_VERSION":
            rows.append([name, version, None, "DO"])
        else:
            rows.append([name, None, None, "DA"])
    keys = [v for _, v in change.key]
    full = []
    for i, (name, version, value, operation) in enumerate(rows):
        row = keys + [name, version, value, ("STRING", operation)]
        full.append(row + [("STRING", sequence_text(change) + ":%010d" % i)] if sequence else row)
    return full


def sequence_text(change):
    return "%010d_%020d_%010d_%s" % (change.epoch, change.us, change.index, change.shard)


def double_text(number):
    """Java's Double.toString without its exponent; minus zero is 0.0 as BigDecimal has none."""
    if number != number:
        return "NaN"
    if number in (float("inf"), float("-inf")):
        return "Infinity" if number > 0 else "-Infinity"
    if number == 0:
        return "0.0"
    sign, digits, exponent = Decimal(repr(number)).normalize().as_tuple()
    digits = "".join(map(str, digits))
    if len(digits) == 1:  # Java always gives two digits, and the best two
        two = format(abs(number), ".1e")
        if float(two) == abs(number):
            digits, exponent = two[0] + two[2], int(two[4:]) - 1
    point = len(digits) + exponent  # digits before the decimal point
    if -3 < point <= 7:
        if point <= 0:
            text = "0." + "0" * -point + digits
        elif point >= len(digits):
            text = digits + "0" * (point - len(digits)) + ".0"
        else:
            text = digits[:point] + "." + digits[point:]
        if text.endswith("0") and not text.endswith(".0"):
            text = text.rstrip("0")
    else:
        text = format(Decimal(f"{digits[0]}.{digits[1:]}E{point - 1}"), "f")
    return ("-" if sign else "") + text


def text(value, base64_bytes=False):
    kind, plain = value
    if kind == "INTEGER":
        return str(plain)
    if kind == "DOUBLE":
        return double_text(plain)
    if kind == "BOOLEAN":
        return "true" if plain else "false"
    if kind == "BINARY":
        return base64.b64encode(plain).decode() if base64_bytes else plain.decode("utf-8")
    return plain


# ---- rows of tables, as the Python SDK gives them


def value_of_python(value):
    for kind, types in (("BOOLEAN", bool), ("INTEGER", int), ("DOUBLE", float), ("STRING", str)):
        if isinstance(value, types):
            return kind, value
    return "BINARY", bytes(value)


def table_row(row, columns):
    """The configured columns of a row (key, cells); what is not there is None."""
    values = {c[0]: value_of_python(c[1]) for c in row[0] + row[1]}
    return [values.get(name) for name in columns]


def version_rows(row):
    """One row per version of a cell: keys, column name, version, value."""
    keys = [value_of_python(value) for _, value in row[0]]
    return [keys + [("STRING", name), ("INTEGER", version), value_of_python(value)]
            for name, value, version in row[1]]


def csv_line(row, delimiter=",", null_format="null", trim=False, base64_bytes=False):
    fields = []
    for i, value in enumerate(row):
        field = null_format if value is None else text(value, base64_bytes)
        if trim:
            field = field.strip("".join(map(chr, range(0x21))))
        if '"' in field or delimiter in field or "\n" in field or (
                i == 0 and (field == "" or field.startswith("#"))):
            field = '"' + field.replace('"', '""') + '"'
        fields.append(field)
    return (delimiter.join(fields) + "\n").encode("utf-8")


def csv_bytes(changes, rows_of, **form):
    return b"".join(csv_line(row, **form) for change in changes for row in rows_of(change))


# ---- documents


def field(value, kind):
    """A value as the column type of the index has it."""
    if value is None:
        return None
    if kind in ("long", "integer", "short", "byte"):
        return int(value[1])
    if kind in ("double", "float"):
        return float(value[1])
    if kind == "boolean":
        return bool(value[1])
    if kind == "binary":
        raw = value[1] if value[0] == "BINARY" else text(value).encode()
        return base64.b64encode(raw).decode()
    return text(value)


def document_id(change):
    """One string or integer key as its text, several joined by commas, % and comma escaped."""
    texts = [text(v) for v in change.key_values]
    if len(texts) == 1:
        return texts[0]
    return ",".join(t.replace("%", "%25").replace(",", "%2c") for t in texts)


class Documents(dict):
    """{id: (version, document)}"""

    def __init__(self):
        super().__init__()
        self.by_update = set()  # ids of documents that began with an update, not a put


def apply(documents, change, names, columns, deletes):
    """One change onto Documents; names are those of the reader, columns of the writer."""
    ident = document_id(change)
    version = change.us * 4096 + min(change.index, 4095)
    if change.action == DELETE:
        if deletes == "propagate":
            documents.pop(ident, None)
        return
    wanted = {n: c for n, c in zip(names, columns) if c["type"] != "id"}
    said = {n: v for n, v in change.key if n in wanted}
    for cell in change.cells:
        if cell.name not in wanted:
            continue
        if cell.op == "PUT":
            said[cell.name] = cell.value
        elif cell.op == "DELETE_ALL_VERSION":
            said[cell.name] = None
    if change.action == PUT:
        fields = {n: said.get(n) for n in wanted}
        document = {}
        documents.by_update.discard(ident)
    else:
        if not change_has_value(change, names):
            return
        fields = said
        if ident not in documents:
            documents.by_update.add(ident)
        document = dict(documents[ident][1]) if ident in documents else {}
    document.update({wanted[n]["name"]: field(v, wanted[n]["type"]) for n, v in fields.items()})
    documents[ident] = (version, document)


def change_has_value(change, names):
    return any(n in names for n, _ in change.key) or any(
        c.op == "PUT" and c.name in names for c in change.cells)


def apply_window(documents, changes_by_shard, names, columns, deletes="drop"):
    """A whole window; parents come before children, and a key is in one shard at a time."""
    for changes in changes_by_shard.values():
        for change in changes:
            apply(documents, change, names, columns, deletes)
    return documents
