import type { LocalSettings } from './settings.ts';

// A "mark as resolved" as Qiscus sends it, cut to what shows best in a first look.
const SAMPLE = {
  customer: { name: 'Ani', user_id: 'ani@example.com', avatar: null, additional_info: [] },
  resolved_by: { id: 7, name: 'Budi', email: 'budi@example.com', type: 'agent', is_available: true },
  service: {
    id: 1,
    room_id: '42',
    source: 'wa',
    notes: 'Refunded',
    first_comment_id: '1001',
    last_comment_id: '1009',
    is_resolved: true,
  },
};

const QUERY = 'SELECT received_at, room_id, channel, agent_name, customer_name, notes FROM resolutions';

/** What to do now that all is up: every address, a webhook to send, and a query that finds it. */
export function banner(settings: LocalSettings): string {
  const { ports, webhookPath, env, dir } = settings;
  const worker = `http://127.0.0.1:${ports.worker}`;
  const clickHouse = new URL(settings.clickHouseUrl);
  const database = clickHouse.pathname.slice(1);
  const user = clickHouse.username === '' ? '' : ` --user '${decodeURIComponent(clickHouse.username)}'`;
  return `
  Worker      ${worker}${webhookPath}
  Kafka       ${env.KAFKA_BROKERS}
  ClickHouse  ${clickHouse.origin}, database ${database}
  Consumer    http://127.0.0.1:${ports.consumer}  (/healthz, /readyz, /metrics)
  Dashboard   http://127.0.0.1:${ports.consumer}/
  Data, logs  ${dir}

Send a webhook:

  curl -i '${worker}${webhookPath}' -H 'Content-Type: application/json' -d '${JSON.stringify(SAMPLE)}'

and find its row:

  curl '${clickHouse.origin}/?database=${database}'${user} -d '${QUERY} FORMAT PrettyCompact'

Ctrl-C ends all of it; the data stays.
`;
}
