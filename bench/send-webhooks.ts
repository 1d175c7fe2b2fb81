import { Pool } from 'undici';

/** Sends webhooks of one vendor, each another event, over so many connections, and prints what it measured as one line of JSON. */
const [url = '', seconds = '10'] = process.argv.slice(2);
const connections = 64;
const pool = new Pool(new URL(url).origin, { connections });
const end = performance.now() + Number(seconds) * 1_000;
const ms: number[] = [];
let number = 0;
let refused = 0;

async function one(): Promise<void> {
  while (performance.now() < end) {
    number += 1;
    const event = { event: 'unsubscribe', email: `p${number}@example.org`, ts_event: 1_790_000_000 + number };
    const from = performance.now();
    const { statusCode, body } = await pool.request({
      method: 'POST',
      path: `${new URL(url).pathname}${new URL(url).search}`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(event),
    });
    await body.dump();
    if (statusCode === 202) ms.push(performance.now() - from);
    else refused += 1;
  }
}

const start = performance.now();
await Promise.all(Array.from({ length: connections }, one));
const took = (performance.now() - start) / 1_000;
const sorted = ms.sort((a, b) => a - b);
process.stdout.write(
  `${JSON.stringify({ answered: ms.length, refused, seconds: took, p99: sorted[Math.floor(sorted.length * 0.99)] ?? 0 })}\n`,
);
await pool.close();
