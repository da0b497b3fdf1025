import type { StreamEvent } from '../event.ts';

/** A sample's name: its kind, and which one where there are several. */
export type SampleName =
  | 'agent-logout.admin'
  | 'agent-logout.agent'
  | 'agent-logout.supervisor'
  | 'session'
  | 'resolution'
  | 'message'
  | 'allocation'
  | 'custom-button'
  | 'unrecognized';

/** The vendor's samples as events. */
export const SAMPLES: Readonly<Record<SampleName, StreamEvent>> = {
  "agent-logout.admin": {
    "id": "8bfb349a3938c933d650741ade24483f",
    "app": "demo",
    "kind": "agent-logout",
    "subject": "4001",
    "occurredMs": 1669004080000,
    "receivedMs": 1772600767890,
    "outbox": "demo/0",
    "sequence": 1,
    "payload": "{\"payload\":{\"action\":\"logout\",\"timestamp\":1669004080,\"user\":{\"avatar_url\":null,\"created_at\":\"2019-07-24T04:04:13\",\"email\":\"xxxxxxxxx@xxxxx.com\",\"force_offline\":false,\"id\":4001,\"is_available\":true,\"is_verified\":true,\"last_login\":\"2022-11-21T02:59:27Z\",\"name\":\"Hana Tester Qiscus\",\"type\":1,\"type_as_string\":\"admin\",\"updated_at\":\"2022-11-21T04:14:26\"}},\"type\":\"auth\"}",
    "chain": "2cd620f64242f3ef745e2c7d62b80c353980dce3d9f42e183735cc5b00d5db77"
  },
  "agent-logout.agent": {
    "id": "3ff86889c46f9f5fa5831a28746978f7",
    "app": "demo",
    "kind": "agent-logout",
    "subject": "100002",
    "occurredMs": 1669004379000,
    "receivedMs": 1772600767890,
    "outbox": "demo/0",
    "sequence": 2,
    "payload": "{\"payload\":{\"action\":\"logout\",\"timestamp\":1669004379,\"user\":{\"avatar_url\":null,\"created_at\":\"2022-08-12T03:02:18\",\"email\":\"xxxxx@xxxxx.com\",\"force_offline\":false,\"id\":100002,\"is_available\":true,\"is_verified\":false,\"last_login\":\"2022-09-22T04:35:24Z\",\"name\":\"Agen\",\"type\":2,\"type_as_string\":\"agent\",\"updated_at\":\"2022-11-21T04:18:45\"}},\"type\":\"auth\"}",
    "chain": "e5df2e9aa0ccc79d594fc10853a61f1a2ef603df3a64fdb2c370d1d511996ce1"
  },
  "agent-logout.supervisor": {
    "id": "03076332db77c26ed252dec6a11526c2",
    "app": "demo",
    "kind": "agent-logout",
    "subject": "100001",
    "occurredMs": 1669004271000,
    "receivedMs": 1772600767890,
    "outbox": "demo/0",
    "sequence": 3,
    "payload": "{\"payload\":{\"action\":\"logout\",\"timestamp\":1669004271,\"user\":{\"avatar_url\":null,\"created_at\":\"2022-08-12T03:01:50\",\"email\":\"xxxxx@xxxxx.com\",\"force_offline\":false,\"id\":100001,\"is_available\":true,\"is_verified\":false,\"last_login\":\"2022-09-22T07:41:55Z\",\"name\":\"SPV\",\"type\":3,\"type_as_string\":\"supervisor\",\"updated_at\":\"2022-09-22T07:42:18\"}},\"type\":\"auth\"}",
    "chain": "0fe0a435827ea60d41b00e90c89f7bdaca397a386984ef98d62bfb8d63620dec"
  },
  "session": {
    "id": "c639bb7090d1b970f2ac8369376da489",
    "app": "demo",
    "kind": "session",
    "subject": "17xxxxxx",
    "occurredMs": 1695184799000,
    "receivedMs": 1772600767890,
    "outbox": "demo/0",
    "sequence": 4,
    "payload": "{\"is_new_session\":true,\"payload\":{\"from\":{\"avatar_url\":\"https://latest-omnichannel.qiscus.com/img/default_avatar.svg\",\"email\":\"xxxxxxx\",\"id\":0,\"id_str\":\"0\",\"name\":\"john doe\"},\"message\":{\"id\":0,\"id_str\":\"0\",\"payload\":null,\"text\":\"Halo\",\"timestamp\":\"2023-09-20T04:39:59Z\",\"type\":\"text\"},\"room\":{\"id\":\"17xxxxxx\",\"id_str\":\"17xxxxxxx\",\"is_public_channel\":false,\"name\":\"Susan Novitasari\",\"options\":\"{\\\"channel\\\":\\\"wa\\\",\\\"channel_details\\\":{\\\"channel_id\\\":1000,\\\"name\\\":\\\"IsuzuIndonesia\\\",\\\"phone\\\":\\\"+628xxxxxxxxxx\\\"},\\\"is_resolved\\\":false,\\\"is_waiting\\\":true,\\\"source\\\":\\\"wa\\\"}\",\"participants\":[{\"email\":\"xxxxxxxxx\"},{\"email\":\"xxxxxxxxxxxx_admin@qismo.com\"}],\"room_avatar\":\"https://xxxxxxxxx.qiscus.com/img/default_avatar.svg\",\"topic_id\":\"17xxxxxxx\",\"topic_id_str\":\"17xxxxxxx\",\"type\":\"group\"}},\"room_log\":{\"channel_id\":1400,\"created_at\":\"2023-09-20T04:39:59\",\"extras\":{\"user_properties\":[{\"key\":\"Address\",\"value\":\"-\"}]},\"has_no_message\":true,\"is_waiting\":true,\"name\":\"john doe\",\"resolved\":false,\"room_badge\":\"https://xxxxxxx.qiscus.com/img/whatsapp_badge.svg\",\"room_id\":\"17xxxxxxxx\",\"source\":\"wa\",\"user_avatar_url\":\"https://xxxxxxxxx.qiscus.com/img/default_avatar.svg\",\"user_id\":\"628xxxxxxxxxxx\"},\"webhook_type\":\"NEW_SESSION_WEBHOOK\"}",
    "chain": "9106bda3da12cd8ff7a778a6e70f29437dc25f385b42ff85742e872088e4dde2"
  },
  "resolution": {
    "id": "08f344fee80251be70149f3119eeddfa",
    "app": "demo",
    "kind": "resolution",
    "subject": "00000000",
    "occurredMs": 1772600767890,
    "receivedMs": 1772600767890,
    "outbox": "demo/0",
    "sequence": 5,
    "payload": "{\"customer\":{\"additional_info\":[{\"anykey\":\"any value\"}],\"avatar\":\"https://dxxxxx/xxxxxxxent.png\",\"name\":\"Customer Name\",\"user_id\":\"customer@email.com\"},\"resolved_by\":{\"email\":\"qxxxxx@email.com\",\"id\":0,\"is_available\":false,\"name\":\"Agent name\",\"type\":\"admin\"},\"service\":{\"first_comment_id\":\"0000000000\",\"id\":0,\"is_resolved\":true,\"last_comment_id\":\"000000000\",\"notes\":\"Test\",\"room_id\":\"00000000\",\"source\":\"qiscus\"}}",
    "chain": "a7b78538f6d85d4b1f4686694036c9cacba7676dc3fa03b96079cbdd8c5f72b8"
  },
  "message": {
    "id": "1c2609093c71bd5dc0a3a29147e4ec42",
    "app": "demo",
    "kind": "message",
    "subject": "1",
    "occurredMs": 1772600767890,
    "receivedMs": 1772600767890,
    "outbox": "demo/0",
    "sequence": 6,
    "payload": "{\"type\":\"post_comment_mobile\",\"payload\":{\"from\":{\"id\":1,\"email\":\"user1@gmail.com\",\"name\":\"User1\"},\"room\":{\"id\":1,\"topic_id\":1,\"type\":\"group\",\"name\":\"ini grup\",\"options\":{\"is_resolved\":true,\"source\":\"wa\",\"is_waiting\":\"false\",\"channel_details\":{\"channel_id\":1,\"name\":\"Wa Pertama\"}},\"participants\":[{\"id\":1,\"email\":\"user1@gmail.com\",\"username\":\"User1\",\"avatar_url\":\"http://avatar1.jpg\"},{\"id\":2,\"email\":\"user2@gmail.com\",\"username\":\"User2\",\"avatar_url\":\"http://avatar2.jpg\"}]},\"message\":{\"type\":\"text\",\"text\":\"ini pesan\",\"payload\":{}}}}",
    "chain": "d51232eeced1731e976cc9bd3fc9e969d014cf03dc77ccc834a70eb42dd401ea"
  },
  "allocation": {
    "id": "d8a8d2c91e75de2582375c734a29b8fb",
    "app": "demo",
    "kind": "allocation",
    "subject": "1905692",
    "occurredMs": 1772600767890,
    "receivedMs": 1772600767890,
    "outbox": "demo/0",
    "sequence": 7,
    "payload": "{\"app_id\":\"oni-bgo2lummmhvzqxbt5\",\"source\":\"qiscus\",\"name\":\"sudah\",\"email\":\"sudah@gmail.com\",\"avatar_url\":\"https://d1edrlpyc25xu0.cloudfront.net/kiwari-prod/image/upload/wMWsDZP6ta/1516689726-ic_qiscus_client.png\",\"extras\":\"{\\\"timezone_offset\\\":7}\",\"is_resolved\":true,\"latest_service\":{\"id\":244,\"user_id\":1,\"room_log_id\":53,\"app_id\":1,\"room_id\":\"1905692\",\"notes\":null,\"resolved_at\":\"2019-02-04 04:49:47\",\"is_resolved\":true,\"created_at\":\"2019-02-04 04:49:47\",\"updated_at\":\"2019-02-04 04:49:47\",\"first_comment_id\":\"15167003\",\"last_comment_id\":\"15167015\",\"retrieved_at\":\"2019-02-04 04:49:47\",\"first_comment_timestamp\":null},\"room_id\":\"1905692\",\"candidate_agent\":{\"id\":22,\"name\":\"dewi\",\"email\":\"dewi@mail.com\",\"created_at\":\"2019-01-17 06:50:20\",\"updated_at\":\"2019-01-18 10:12:59\",\"is_available\":true,\"type\":2,\"avatar_url\":\"https://d1edrlpyc25xu0.cloudfront.net/kiwari-prod/image/upload/D1se5xo40I/1516941944-Screen_Shot_2018-01-26_at_11.45.20.png\",\"app_id\":1,\"is_verified\":false,\"notifications_room_id\":\"1692312\",\"bubble_color\":\"#666666\",\"type_as_string\":\"agent\",\"assigned_rules\":[\"fb_messaging\",\"line_messaging\",\"qiscus_messaging\",\"wa_messaging\",\"telegram_messaging\"]}}",
    "chain": "21f43a321279eeaebc951c5df54d59c7dc49caef24cf6c2a663020cf46667c29"
  },
  "custom-button": {
    "id": "b59bc595753682ad5ed46575d8b2068c",
    "app": "demo",
    "kind": "custom-button",
    "subject": "2",
    "occurredMs": 1772600767890,
    "receivedMs": 1772600767890,
    "outbox": "demo/0",
    "sequence": 8,
    "payload": "{\"additional_info\":[{\"anykey\":\"any value\"}],\"agent\":{\"email\":\"qixxxxti@gmail.com\",\"name\":\"Agent\",\"type\":\"admin\"},\"channel_id\":4,\"channel_name\":\"Channel 1\",\"channel_type\":\"Qiscus Widget\",\"customer\":{\"avatar\":\"https://dxxx/xxxxxx-xxlient.png\",\"name\":\"Customer Name\",\"user_id\":\"email_customer@gmail.com\"},\"customer_properties\":[{\"id\":1,\"label\":\"WEBSITE\",\"value\":\"\"},{\"id\":2,\"label\":\"ADDRESS\",\"value\":\"\"},{\"id\":3,\"label\":\"COMPANY\",\"value\":\"\"}],\"notes\":null,\"room_id\":2,\"tag\":[]}",
    "chain": "ca962d6c4f07f4807eb38a191edb5b3b12a20f1c876116192cb454960aad921c"
  },
  "unrecognized": {
    "id": "534ade745464387cc356f2ca8f2d803d",
    "app": "demo",
    "kind": "unrecognized",
    "subject": "534ade745464387cc356f2ca8f2d803d",
    "occurredMs": 1772600767890,
    "receivedMs": 1772600767890,
    "outbox": "demo/0",
    "sequence": 9,
    "payload": "{\"webhook_type\":\"SOMETHING_NEW\",\"room_id\":1}",
    "chain": "698f2dd5c80f0cbbb04cf7326dbff2e5f9aadcda7b97f8a3877a8b5a76009ebf"
  }
};
