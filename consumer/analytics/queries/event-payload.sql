-- What did the vendor send?
-- The payload of one event as it was stored, less its secrets. Found in the period in which it was received: the
-- shorter that is, the less is read. Needs event.
SELECT
  toTimeZone(received_at, {tz:String}) AS received,
  toTimeZone(occurred_at, {tz:String}) AS happened,
  app_id, kind, event_id, outbox, sequence, topic, partition, offset, payload
FROM events
WHERE event_id = {event:String}
  AND (toStartOfHour(received_at), outbox, sequence, event_id) IN (
    SELECT toStartOfHour(received_at), outbox, sequence, event_id FROM events_rows
    WHERE event_id = {event:String} AND received_at >= {from:DateTime} AND received_at < {to:DateTime64(3)}
      AND ({app:String} = '' OR app_id = {app:String})
  )
  AND received_at >= {from:DateTime} AND received_at < {to:DateTime64(3)}
LIMIT 1
