-- Which tags are set with custom buttons?
-- Clicks without a tag are in the row with an empty tag; a click with two tags counts for both.
WITH (text -> if(lengthUTF8(text) > 200, concat(leftUTF8(text, 199), '…'), text)) AS short
SELECT
  short(arrayJoin(if(empty(tags), [''], arrayDistinct(tags)))) AS tag,
  count() AS clicks,
  uniqExact(cityHash64(app_id, room_id)) AS rooms,
  uniqExact(cityHash64(app_id, agent_email)) AS agents
FROM button_clicks
WHERE occurred_at >= {from:DateTime} AND occurred_at < {to:DateTime64(3)}
  AND ({app:String} = '' OR app_id = {app:String})
GROUP BY tag
ORDER BY clicks DESC, tag
