import { loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { createTokenIssuer } from '../platform/token.ts';
import { hostileQuestions } from '../test/support/hostile-questions.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { people, seedPeople } from '../test/support/read-people.ts';
import type { Figure } from './figure.ts';
import { type Running, startServer } from './graphql-server-process.ts';
import { percentile, startReadDatabase } from './read-database.ts';

const everyMs = 10;
const asked = 600;
const hostile = 1_000;
const rounds = 3;

const profile = JSON.stringify({
  query: `{ client(id: "${people.ana}") { id name emails sales(first: 5) { kind at amount } timeline(first: 5) { kind at } consent { purpose channel answer } } }`,
});

async function post({ pool }: Running, body: string, authorization: string): Promise<string> {
  const answer = await pool.request({
    method: 'POST',
    path: '/graphql',
    headers: { 'content-type': 'application/json', authorization },
    body,
  });
  return await answer.body.text();
}

/** Somebody who asks one profile a hundred times a second, whatever was answered before. @returns milliseconds from sending to the answer */
async function neighbour(server: Running, authorization: string): Promise<readonly number[]> {
  const start = performance.now();
  const turns = Array.from({ length: asked }, async (_, turn) => {
    const due = start + turn * everyMs;
    await delay(Math.max(0, due - performance.now()));
    const sent = performance.now();
    const text = await post(server, profile, authorization);
    if (!text.includes(people.ana)) throw new Error('bench-answer: the neighbour was not answered');
    return performance.now() - sent;
  });
  return await Promise.all(turns);
}

/** Asks the hostile questions again and again in so many lanes until told to end. @returns how many were answered */
async function attack(server: Running, authorization: string, lanes: number, over: () => boolean): Promise<number> {
  const bodies = hostileQuestions(hostile, 20_260_301).map((query) => JSON.stringify({ query, variables: { v: true } }));
  let next = 0;
  const lane = async (): Promise<void> => {
    while (!over()) {
      await post(server, bodies[next % bodies.length] ?? '', authorization);
      next += 1;
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return next;
}

/** The p99 of a well-behaved neighbour alone, and while one and four lanes ask 1,000 hostile questions; the best of 3 rounds each. */
export async function benchGraphqlNeighbour(say: (line: string) => void): Promise<readonly Figure[]> {
  const database = await startReadDatabase();
  let server: Running | undefined;
  try {
    await seedPeople(database.owner);
    server = await startServer('ficha', database);
    const running = server;
    const issue = createTokenIssuer(testKeyRing());
    const good = `Bearer ${await issue({ subject: 'neighbour', roles: ['front-office'] }, 3_600)}`;
    const bad = `Bearer ${await issue({ subject: 'hostile', roles: ['front-office'] }, 3_600)}`;
    const best = new Map<number, number>();
    for (let round = 0; round <= rounds; round += 1) {
      for (const lanes of [0, 1, 4]) {
        let over = false;
        const attacking = attack(running, bad, lanes, () => over);
        const p99 = percentile(await neighbour(running, good), 0.99);
        over = true;
        const answered = await attacking;
        say(
          `graphql-neighbour: round ${round}, ${lanes} hostile lanes (${answered} answers): p99 ${p99.toFixed(1)} ms, load ${loadavg()[0]?.toFixed(1)}`,
        );
        // round 0 warms up
        if (round > 0) best.set(lanes, Math.min(p99, best.get(lanes) ?? Number.POSITIVE_INFINITY));
      }
    }
    const alone = best.get(0) ?? Number.NaN;
    return [...best].map(([lanes, p99]) => ({
      name: `a neighbour's profile, p99, ${lanes} hostile lanes`,
      value: Number(p99.toFixed(1)),
      unit: 'ms',
      peer: lanes === 0 ? null : `alone ${alone.toFixed(1)} ms`,
      ratio: lanes === 0 ? null : p99 / alone,
    }));
  } finally {
    await server?.pool.destroy();
    server?.stop();
    await database.stop();
  }
}
