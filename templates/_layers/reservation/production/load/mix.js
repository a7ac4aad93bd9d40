// Nine reads to one write: as fast as fifty clients can, or RATE requests a second. k6 runs it: see run.sh.
import http from 'k6/http';
import exec from 'k6/execution';
import { check, fail } from 'k6';

const API = __ENV.API || 'http://localhost:8080';
const RUN = Number(__ENV.RUN || 0); // a number of its own for each run against one database: each has 83 days
const PASSWORD = 'correct horse battery';
const WRITERS = 20;
const QUARTER = 15 * 60 * 1000; // milliseconds
const DURATION = Number(__ENV.DURATION || 20); // seconds

const duration = `${DURATION}s`;
const atRate = { executor: 'constant-arrival-rate', rate: Number(__ENV.RATE), preAllocatedVUs: 200, duration };
const asFastAsTheyCan = { executor: 'constant-vus', vus: 50, duration };

export const options = {
  scenarios: { mix: __ENV.RATE ? atRate : asFastAsTheyCan },
  thresholds: { checks: ['rate==1'] },
  summaryTrendStats: ['med', 'p(95)', 'p(99)', 'max'],
};

const json = { headers: { 'Content-Type': 'application/json' } };

// setup makes accounts and says which rooms there are.
export function setup() {
  const rooms = http.get(`${API}/v1/rooms?page_size=100`).json('items.#.id');
  if (!rooms.length) fail('there are no rooms: run api samples');
  const tokens = [];
  for (let i = 0; i < WRITERS; i++) {
    const account = { email: `load-${RUN}-${i}-${Date.now()}@example.com`, password: PASSWORD };
    http.post(`${API}/v1/auth/register`, JSON.stringify({ ...account, name: 'Load' }), json);
    const answer = http.post(`${API}/v1/auth/login`, JSON.stringify(account), json);
    if (answer.status !== 200) fail(`log-in: ${answer.status} ${answer.body}`);
    tokens.push(answer.json('access_token'));
  }
  return { rooms, tokens };
}

export default function ({ rooms, tokens }) {
  const i = exec.scenario.iterationInTest;
  if (i % 10 === 0) {
    write(rooms, tokens[(i / 10) % tokens.length], i / 10);
  } else if (i % 10 < 4) {
    read(`/v1/rooms/${rooms[i % rooms.length]}`, 'GET /v1/rooms/:id');
  } else {
    read('/v1/rooms', 'GET /v1/rooms');
  }
}

function read(path, name) {
  const answer = http.get(API + path, { tags: { name } });
  check(answer, { 'read 200': (r) => r.status === 200 });
}

// write takes a quarter of an hour that nobody else asks for.
function write(rooms, token, n) {
  const quarter = Math.floor(n / rooms.length) + RUN * 8000;
  const tomorrow = Math.floor(Date.now() / 86400000 + 1) * 86400000;
  const start = new Date(tomorrow + quarter * QUARTER);
  const body = {
    room_id: rooms[n % rooms.length],
    title: `Load ${n}`,
    starts_at: start.toISOString(),
    ends_at: new Date(start.getTime() + QUARTER).toISOString(),
  };
  const answer = http.post(`${API}/v1/reservations`, JSON.stringify(body), {
    headers: { ...json.headers, Authorization: `Bearer ${token}` },
    tags: { name: 'POST /v1/reservations' },
  });
  check(answer, { 'write 201': (r) => r.status === 201 });
}

// handleSummary leaves one row of the table in docs/load.md.
export function handleSummary({ metrics }) {
  const took = metrics.http_req_duration.values;
  const ms = (value) => `${value.toFixed(1)} ms`;
  const failed = metrics.checks.values.fails;
  const row = [
    __ENV.NAME || 'run', (metrics.iterations.values.count / DURATION).toFixed(0),
    ms(took.med), ms(took['p(95)']), ms(took['p(99)']), failed,
  ];
  return { [__ENV.ROW || 'row.md']: `| ${row.join(' | ')} |\n`, stdout: `${row.join('  ')}\n` };
}
