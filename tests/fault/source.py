"""Tables with a history that a window covers, and that keep changing while it is carried."""
import random
import threading

import model
import tablestore
from cloud import ACCESS_ID, INSTANCE, MINUTE, SECRET, SEED

NAMES = ["pk", "c0", "c1", "c2", "c3"]
CHANGES, KEYS, VALUE_BYTES = 6000, 600, 90
# The history ends so long ago that its windows are settled; signatures may not be older either.
AGO = 12 * MINUTE


class Source:
    """What a window of a table holds, as the official SDKs read it. Nothing changes it later."""

    def __init__(self, cloud, table, window):
        self.table, self.window = table, window
        self.changes = model.window(cloud.stream(table), *window)
        self.rows = {shard: [row for change in changes for row in model.row_mode(change, NAMES)]
                     for shard, changes in self.changes.items()}
        # All changes of the table lie in the window: what is in the table now is what they made.
        self.table_rows = cloud.table_rows(table)
        self.count = sum(map(len, self.changes.values()))

    def touched(self):
        """Keys that the window has changes of."""
        return {model.document_id(c) for changes in self.changes.values() for c in changes}

    def counts(self):
        actions = [change.action for changes in self.changes.values() for change in changes]
        return {"read": len(actions), "put": actions.count(model.PUT),
                "update": actions.count(model.UPDATE), "delete": actions.count(model.DELETE)}


def make_sources(cloud):
    """`still`: four shards that stay as they are. `moving`: shards split and merge in the window."""
    cloud.admin("/clock", {"offset_ms": -AGO})
    now = cloud.now_ms()
    begin = now - 100 * MINUTE
    cloud.table("still", at=[key(KEYS * i // 4) for i in (1, 2, 3)])
    cloud.table("moving", at=[key(KEYS // 2)])
    for table, splits in (("still", []), ("moving", [now - 50 * MINUTE])):
        cloud.fill(table, CHANGES, keys=KEYS, cells=4, value_bytes=VALUE_BYTES, charset="mixed",
                   per_ms=3, delete_all=10, mix={"put": 60, "update": 32, "delete": 8},
                   from_ms=begin, to_ms=now, **({"split_at_ms": splits} if splits else {}))
    luck = random.Random(SEED)
    cloud.admin("/shard/merge", {"table": "moving"})
    for _ in range(150):
        change(cloud.ots, luck.choice(("still", "moving")), luck)
    end = cloud.now_ms() + 1
    cloud.admin("/clock", {"offset_ms": 0})
    return {table: Source(cloud, table, (begin, end)) for table in ("still", "moving")}


def key(number):
    return "k%08d" % number


def change(client, table, luck):
    """One change through the official SDK."""
    row = [("pk", key(luck.randrange(KEYS)))]
    cells = [(name, "%x" % luck.getrandbits(4 * luck.randint(1, VALUE_BYTES)))
             for name in luck.sample(NAMES[1:], luck.randint(1, 4))]
    always = tablestore.Condition("IGNORE")
    action = luck.random()
    if action < 0.5:
        client.put_row(table, tablestore.Row(row, cells), always)
    elif action < 0.9:
        client.update_row(table, tablestore.Row(row, {"put": cells}), always)
    else:
        client.delete_row(table, tablestore.Row(row), always)


class Changing:
    """Changes tables all the time, behind the windows, until it is stopped or while it may."""

    def __init__(self, cloud, tables, pause_s=0.05):
        self.cloud, self.tables, self.pause_s = cloud, tables, pause_s
        self.count, self.failure, self.over = 0, None, threading.Event()
        self.may, self.one = True, threading.Lock()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        luck = random.Random(SEED + 1)
        client = tablestore.OTSClient(self.cloud.ots_url, ACCESS_ID, SECRET, INSTANCE)
        try:
            while not self.over.wait(self.pause_s):
                with self.one:
                    if self.may:
                        change(client, luck.choice(self.tables), luck)
                        self.count += 1
        except Exception as error:  # told by stop(), where somebody listens
            self.failure = error

    def let(self, may):
        """When this returns no change is under way that must not be."""
        with self.one:
            self.may = may

    def stop(self):
        self.over.set()
        self.thread.join(timeout=20)
        if self.failure:
            raise self.failure
