-- A topic as a table. It is read as soon as a view stands on it: "read" is made last.
CREATE TABLE ${QUEUE} (payload String)
ENGINE = Kafka
SETTINGS kafka_broker_list = '${BROKERS}', kafka_topic_list = '${TOPIC}', kafka_group_name = '${GROUP}',
  kafka_format = 'RawBLOB'${SETTINGS}
