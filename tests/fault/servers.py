"""Kafka and Redis of a cluster: started, ended in any way and brought back with any data."""
import functools
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess

from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from processes import STARTS

SCRIPTS = pathlib.Path(__file__).parent.parent / "servers"


def free_port():
    """Below the ports that connections are given, so that it is free still when it is needed."""
    while True:
        port = random.randrange(15000, 32000)
        with socket.socket() as one:
            try:
                one.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass  # somebody has it


def script(name, *arguments):
    done = subprocess.run([SCRIPTS / name, *map(str, arguments)], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=180, text=True)
    if done.returncode:
        raise RuntimeError(f"tests/servers/{name} {arguments[0]}: {done.stderr[-2000:]}")
    return done.stdout.strip()


class Kafka:
    """One broker. It sends its clients to `advertised`, a gate's port."""

    def __init__(self, folder):
        self.folder, self.port, self.advertised = folder, free_port(), None

    def start(self):
        with STARTS.one():
            script("kafka", "start", self.folder, "--port", self.port,
                   "--advertised", self.advertised)

    def stop(self, kill=False):
        script("kafka", "stop", self.folder, *(["kill"] if kill else []))

    @property
    def pid(self):
        return int((self.folder / "pid").read_text())

    @property
    def settings(self):
        return {"bootstrap.servers": f"127.0.0.1:{self.advertised}", "broker.address.family": "v4"}

    @functools.cached_property
    def admin(self):
        return AdminClient({**self.settings, "log_level": 0})

    def groups(self):
        found = self.admin.list_consumer_groups(request_timeout=10).result()
        return sorted(group.group_id for group in found.valid)

    def members(self, group):
        found = self.admin.describe_consumer_groups([group], request_timeout=10)
        return len(found[group].result().members)

    def offsets(self, group):
        """{(topic, partition): offset} of what the group has stored."""
        asked = self.admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])
        return {(one.topic, one.partition): one.offset
                for one in asked[group].result().topic_partitions}

    def forget(self, group):
        """Offsets and all; the group must have no members."""
        self.admin.delete_consumer_groups([group], request_timeout=10)[group].result()

    def partitions(self, topic):
        return len(self.admin.list_topics(topic, timeout=10).topics[topic].partitions)

    def deliver_again(self, topic):
        """Puts every message of the topic there once more; how many."""
        reader = Consumer({**self.settings, "group.id": "again", "enable.auto.commit": False,
                           "enable.partition.eof": False, "log_level": 0})
        writer = Producer({**self.settings, "log_level": 0})
        sent = 0
        for partition in range(self.partitions(topic)):
            place = TopicPartition(topic, partition, 0)
            low, high = reader.get_watermark_offsets(place, timeout=10)
            reader.assign([TopicPartition(topic, partition, low)])
            while low < high:
                message = reader.poll(10)
                if message is None or message.error():
                    break
                low = message.offset() + 1
                writer.produce(topic, message.value(), key=message.key(), partition=partition,
                               headers=message.headers() or [])
                sent += 1
        reader.close()
        if writer.flush(20):
            raise RuntimeError(f"{topic}: messages were not taken again")
        return sent


class Redis:
    def __init__(self, folder):
        self.folder, self.port = folder, None

    def start(self):
        with STARTS.one():
            self.port = int(script("redis", "start", self.folder).rpartition(":")[2])

    def stop(self, kill=False):
        if kill:
            os.kill(self.pid, signal.SIGKILL)
        script("redis", "stop", self.folder)

    @property
    def pid(self):
        return int((self.folder / "pid").read_text())

    def ask(self, *words):
        done = subprocess.run(["redis-cli", "-p", str(self.port), *words], check=True, timeout=20,
                              stdout=subprocess.PIPE, text=True)
        return done.stdout.strip()

    @property
    def run_id(self):
        lines = self.ask("INFO", "server").splitlines()
        return next(line.split(":")[1] for line in lines if line.startswith("run_id:"))

    def save(self):
        """A copy of all that it has on disk, taken while it stands still."""
        copy = self.folder.with_suffix(".saved")
        shutil.rmtree(copy, ignore_errors=True)
        os.kill(self.pid, signal.SIGSTOP)
        try:
            shutil.copytree(self.folder, copy)
        finally:
            os.kill(self.pid, signal.SIGCONT)

    def restore(self):
        """Ends it and starts it with what `save` had copied."""
        self.stop(kill=True)
        shutil.rmtree(self.folder)
        shutil.copytree(self.folder.with_suffix(".saved"), self.folder)
        (self.folder / "pid").unlink(missing_ok=True)
        self.start()
