"""The CloudEvents SDK of Python reads messages of Kafka, from a file with one JSON each. Prints the events."""

import base64
import json
import os

from cloudevents.core.bindings.kafka import KafkaMessage, from_kafka_event

events = []
with open(os.environ["MESSAGES"], encoding="utf-8") as messages:
    for line in messages:
        message = json.loads(line)
        headers = {name: value.encode() for name, value in message["headers"].items()}
        event = from_kafka_event(
            KafkaMessage(headers=headers, key=message["key"], value=base64.b64decode(message["value"]))
        )
        events.append(
            {
                "id": event.get_id(),
                "type": event.get_type(),
                "source": event.get_source(),
                "subject": event.get_subject(),
                "time": int(event.get_time().timestamp() * 1000),
                "sequence": event.get_extension("sequence"),
                "isObject": isinstance(event.get_data(), dict),
            }
        )
print(json.dumps(events))
