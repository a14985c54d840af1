"""The topics as deploy/topics.yaml wants them."""

from pathlib import Path

import yaml

from shared.messaging.kafka import Topic

FILE = Path(__file__).with_name("topics.yaml")


def topics(file: Path = FILE) -> list[Topic]:
    content = yaml.safe_load(file.read_text())
    kinds = content["kinds"]
    return [Topic(name, kinds[kind]["partitions"], kinds[kind]["config"]) for name, kind in content["topics"].items()]
