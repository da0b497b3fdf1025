-- A message without a key is another than one with an empty key: Kafka spreads the first over all partitions and
-- holds the second in one. What is sent through again must be what failed.
ALTER TABLE dead_letters_rows
    MODIFY COLUMN key Nullable(String) COMMENT 'The key of the original message in base64, NULL when it had none',
    MODIFY COLUMN value Nullable(String) COMMENT 'The value of the original message in base64, byte for byte, NULL when it had none';
