-- What happened with this customer?
-- In every room that they had a session or resolution in, in the period or the 31 days before it, in order of
-- time; gaps and waits are those of a room, as room-story has them. Texts of over 500 characters end in … there.
-- Needs app and customer.
WITH
  (
    SELECT groupUniqArray(1000)(room_id)
    FROM (
      SELECT room_id FROM sessions_rows
      WHERE app_id = {app:String} AND customer_id = {customer:String}
        AND occurred_at >= since AND occurred_at < {to:DateTime64(3)}
      UNION ALL
      SELECT room_id FROM resolutions_rows
      WHERE app_id = {app:String} AND customer_id = {customer:String}
        AND occurred_at >= since AND occurred_at < {to:DateTime64(3)}
    )
  ) AS rooms,
{{story}}
SELECT
  toTimeZone(at, {tz:String}) AS happened,
  kind, side, who, text, type, channel, is_waiting,
  gap_seconds, business_gap_seconds,
  waited, waited_seconds, business_waited_seconds,
  outcome,
  toTimeZone(resolved_at, {tz:String}) AS resolved,
  resolved_by,
  seconds_to_resolve, business_seconds_to_resolve,
  toTimeZone(reopened_at, {tz:String}) AS reopened,
  customer_waited_seconds, business_customer_waited_seconds, team_waited_seconds, longest_gap_seconds,
  agent_id, agent_email,
  app_id, room_id, customer_id, customer_name,
  toTimeZone(received_at, {tz:String}) AS received,
  event_id,
  rows_in_all
FROM (
  SELECT
    event_id, who, text, type, channel, is_waiting, agent_id, agent_email,
    app_id, customer_id, customer_name, received_at
  FROM told
) AS details
RIGHT JOIN (
  SELECT *, count() OVER () AS rows_in_all
  FROM story
  WHERE at >= {from:DateTime} AND at < {to:DateTime64(3)}
  ORDER BY at, rank, sequence, event_id
  LIMIT {limit:UInt32} OFFSET {offset:UInt32}
) AS page USING (event_id)
ORDER BY at, rank, sequence, event_id
-- A crowded room is put in order on the disk, within the memory of a query.
SETTINGS max_threads = 1, max_bytes_before_external_sort = 20000000
