-- What came in last?
-- The fifty events of any kind received last in the period. Texts of over 200 characters end in … there.
WITH
  (text -> if(lengthUTF8(text) > 200, concat(leftUTF8(text, 199), '…'), text)) AS short,
  -- An id is a text or a number.
  (raw -> if(startsWith(raw, '"'), JSONExtractString(raw), raw)) AS id_in,
  (
    -- Copies count here, so the fifty latest events are among a thousand rows unless each has stood twenty times.
    SELECT min(received_at)
    FROM (
      SELECT received_at
      FROM events_rows
      WHERE received_at >= {from:DateTime} AND received_at < {to:DateTime64(3)}
        AND ({app:String} = '' OR app_id = {app:String})
      ORDER BY received_at DESC
      LIMIT 1000
    )
  ) AS since
SELECT
  toTimeZone(received_at, {tz:String}) AS received,
  app_id, kind,
  short(coalesce(
    nullIf(JSONExtractString(payload, 'source'), ''),
    nullIf(JSONExtractString(payload, 'room_log', 'source'), ''),
    JSONExtractString(payload, 'service', 'source')
  )) AS source,
  short(coalesce(
    nullIf(JSONExtractString(payload, 'payload', 'room', 'name'), ''),
    nullIf(JSONExtractString(payload, 'customer', 'name'), ''),
    nullIf(JSONExtractString(payload, 'payload', 'user', 'name'), ''),
    JSONExtractString(payload, 'name')
  )) AS who,
  short(coalesce(
    nullIf(JSONExtractString(payload, 'payload', 'message', 'text'), ''),
    nullIf(JSONExtractString(payload, 'resolved_by', 'name'), ''),
    nullIf(JSONExtractString(payload, 'agent', 'name'), ''),
    JSONExtractString(payload, 'candidate_agent', 'name')
  )) AS what,
  short(coalesce(
    nullIf(id_in(JSONExtractRaw(payload, 'payload', 'room', 'id')), ''),
    nullIf(id_in(JSONExtractRaw(payload, 'room_id')), ''),
    id_in(JSONExtractRaw(payload, 'service', 'room_id'))
  )) AS room_id,
  event_id
FROM events
WHERE received_at >= since AND received_at >= {from:DateTime} AND received_at < {to:DateTime64(3)}
  AND ({app:String} = '' OR app_id = {app:String})
ORDER BY received_at DESC, event_id
LIMIT 50
