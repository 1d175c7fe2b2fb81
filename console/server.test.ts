import { consentPolicy } from '../domain/consent/consent-policy.ts';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Role } from '../domain/access/role.ts';
import { sql } from '../store/database.ts';
import { type ConsoleScene, consoleScene } from '../test/support/console-scene.ts';
import { hiddenWords, people } from '../test/support/read-people.ts';

let scene: ConsoleScene;
beforeAll(async () => {
  scene = await consoleScene();
});
afterAll(() => scene.stop());

type Form = Readonly<Record<string, string>>;

const get = (path: string, cookie = ''): Promise<Response> =>
  fetch(`${scene.url}${path}`, { redirect: 'manual', headers: { cookie, 'accept-language': 'en' } });

const post = (path: string, form: Form, cookie = '', headers: Form = {}): Promise<Response> =>
  fetch(`${scene.url}${path}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie, 'accept-language': 'en', origin: scene.url, ...headers },
    body: new URLSearchParams(form),
  });

const cookieOf = (response: Response): string => (response.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '';

const signIn = async (role: Role): Promise<string> => cookieOf(await post('/console/sign-in', { role }));

const csrfOf = (page: string): string => /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? '';

test('without signing in every page leads to the sign-in, and shows nothing of anybody', async () => {
  for (const path of ['/console', `/console/clients/${people.ana}`, '/console/privacy', '/console/audit']) {
    const response = await get(path);
    expect([response.status, response.headers.get('location')]).toEqual([303, '/console/sign-in']);
    expect(await response.text()).not.toContain('Ana');
  }
});

test('the session travels in a cookie that no script and no other site can use; its token is nowhere on a page', async () => {
  const response = await post('/console/sign-in', { role: 'dpo' });
  expect(response.headers.getSetCookie()[0]).toMatch(/^ficha_session=[^;]+; Path=\/console; HttpOnly; SameSite=Lax$/);
  const page = await (await get('/console', cookieOf(response))).text();
  expect(page).not.toMatch(/eyJ/);
});

test('every answer forbids foreign scripts, frames and caches', async () => {
  const { headers } = await get('/console/sign-in');
  expect(headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'self'; .*frame-ancestors 'none'/);
  expect(headers.get('content-security-policy')).not.toContain('unsafe');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
});

test('a form without the word of the session, or from another site, changes nothing', async () => {
  const cookie = await signIn('dpo');
  const form = { answer: 'denied', purpose: 'marketing', channel: 'sms', how: 'telephone' };
  const path = `/console/clients/${people.ana}/consent`;
  expect((await post(path, form, cookie)).status).toBe(403);
  expect((await post(path, { ...form, csrf: 'x'.repeat(32) }, cookie)).status).toBe(403);
  const csrf = csrfOf(await (await get('/console', cookie)).text());
  const elsewhere = { origin: 'https://evil.example' };
  expect((await post(path, { ...form, csrf }, cookie, elsewhere)).status).toBe(403);
  expect((await post(path, { ...form, csrf }, cookie, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  const { rows } = await scene.database.owner.query({
    text: `select 1 from ficha.consent_event where channel = 'sms'`,
    values: [],
  });
  expect(rows).toEqual([]);
  expect((await post(path, { ...form, csrf }, cookie)).status).toBe(200);
});

test('the front office notes a yes or no for any purpose of the policy, in its own words', async () => {
  const page = await (await get(`/console/clients/${people.ana}`, await signIn('front-office'))).text();
  const offered = [...page.matchAll(/<option value="([a-z*]+)">/g)].map(([, name]) => name);
  expect(offered).toEqual(expect.arrayContaining([...Object.keys(consentPolicy.purposes), '*']));
  expect(page).toContain(consentPolicy.purposes['newsletter']?.title.en);
});

test('the word of one session is of no use in another', async () => {
  const mine = await signIn('dpo');
  const theirs = csrfOf(await (await get('/console', await signIn('dpo'))).text());
  expect((await post('/console/find', { q: 'ana', csrf: theirs }, mine)).status).toBe(403);
});

test('after fifteen minutes without a click one must sign in again; a page that refreshes itself is no click', async () => {
  const cookie = await signIn('dpo');
  scene.later(14);
  const renewed = await get('/console', cookie);
  expect(renewed.status).toBe(200);
  scene.later(14);
  expect((await get('/console', cookieOf(renewed))).status).toBe(200);
  expect((await get('/console', cookie)).headers.get('location')).toBe('/console/sign-in?why=idle');
});

test('signing out ends the session in the browser', async () => {
  const cookie = await signIn('dpo');
  const csrf = csrfOf(await (await get('/console', cookie)).text());
  const out = await post('/console/sign-out', { csrf }, cookie);
  expect(out.headers.getSetCookie()[0]).toMatch(/^ficha_session=; Max-Age=0/);
});

test('a cookie that was changed is no session', async () => {
  const cookie = await signIn('dpo');
  expect((await get('/console', `${cookie.slice(0, -6)}AAAAAA`)).status).toBe(303);
});

test('a token with no role of ours enters nowhere, and a wrong one is told so without a trace of it in the log', async () => {
  const response = await post('/console/sign-in', { token: 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.' });
  expect(response.status).toBe(403);
  expect(await response.text()).toContain('It was not accepted');
  expect(scene.logged()).not.toContain('eyJhbGciOiJub25lIn0');
});

test('an analyst sees metrics only: no search, no ficha, no request', async () => {
  const cookie = await signIn('analyst');
  expect((await get('/console', cookie)).headers.get('location')).toBe('/console/metrics');
  for (const path of [`/console/clients/${people.ana}`, '/console/privacy', '/console/systems', '/console/audit']) {
    const page = await (await get(path, cookie)).text();
    expect(page).not.toContain('Núñez');
    expect(page).toMatch(/role="alert"/);
  }
});

test('the DPO sees how much of the privacy budget each month has spent; nobody else does', async () => {
  const dpo = await signIn('dpo');
  const before = await (await get('/console/metrics', dpo)).text();
  expect(before).toContain('No month is published yet.');
  await scene.database.owner.query(
    sql`insert into metric_month (month, budget_micro, parameters) values ('2026-09-01', 2000000, '{}')`,
  );
  await scene.database.owner.query(sql`
    insert into released_table (month, metric, dimensions, clamp, epsilon_micro, scale)
    values ('2026-09-01', 'clients', '{}', 1, 250000, 4), ('2026-09-01', 'revenue', '{}', 50000, 1250000, 40000)`);
  const page = await (await get('/console/metrics', dpo)).text();
  expect(page).toContain('Privacy budget');
  expect(page).toMatch(/2026-09<\/th><td><meter min="0" max="2" value="1.5" aria-label="1.5 of 2">/);
  expect(page).toMatch(/<td class="amount">0.5<\/td><td class="amount">64%<\/td><td class="amount">2<\/td>/);
  for (const role of ['data-team', 'front-office', 'analyst'] as const) {
    const other = await (await get('/console/metrics', await signIn(role))).text();
    expect(other).toContain('Anonymous metrics');
    expect(other).not.toContain('Privacy budget');
  }
});

test('the front office finds Ana and nobody who is blocked, restricted or erased', async () => {
  const cookie = await signIn('front-office');
  const csrf = csrfOf(await (await get('/console', cookie)).text());
  const found = await (await post('/console/find', { q: 'nunez', csrf }, cookie)).text();
  expect(found).toContain('Ana Núñez Ortega');
  for (const word of hiddenWords) {
    const page = await (await post('/console/find', { q: word, csrf }, cookie)).text();
    expect(page.replace(`value="${word}"`, '')).not.toContain(word);
  }
  expect((await get(`/console/clients/${people.blocked}`, cookie)).status).toBe(404);
});

test('what is typed to find somebody stands in no address and in no log', async () => {
  const cookie = await signIn('front-office');
  const page = await (await get('/console', cookie)).text();
  expect(page).toMatch(/<form method="post" action="\/console\/find"/);
  await post('/console/find', { q: 'ana.nunez@quintana.example', csrf: csrfOf(page) }, cookie);
  expect(scene.logged()).not.toContain('ana.nunez');
});

test('hostile names are shown as text', async () => {
  const name = '<script>alert(1)</script> \u202Egnp.exe "\'><img src=x onerror=alert(2)> 😀';
  await scene.database.owner.query({
    text: `update ficha.client set display_name = $1, golden = golden || jsonb_build_object('emails', jsonb_build_array($2::text)) where id = $3`,
    values: [name, '"><svg onload=alert(3)>@x.example', people.elena],
  });
  const page = await (await get(`/console/clients/${people.elena}`, await signIn('dpo'))).text();
  expect(page).not.toMatch(/<script>alert|<img src=x|<svg onload/);
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
});

test('the one script weighs far less than 150 kB and the style is one file', async () => {
  const script = await (await get('/console/live.js')).text();
  expect(gzipSync(script).length).toBeLessThan(20_000);
  expect(script).not.toMatch(/\beval\b|new Function/);
  expect((await get('/console/style.css')).headers.get('content-type')).toContain('text/css');
});

test('purposes with their texts, and the systems that forgot a no with the client to look at', async () => {
  await scene.database.owner.query({
    text: `insert into ficha.consent_drift (client_id, linked_system_id, purpose, channel, found_at) values ($1, 'crm', 'marketing', 'email', now())`,
    values: [people.ana],
  });
  const page = await (await get('/console/data/purposes', await signIn('dpo'))).text();
  expect(page).toContain('Advertising and news');
  expect(page).toContain(`/console/clients/${people.ana}/told`);
  const told = await (await get(`/console/clients/${people.ana}/told`, await signIn('front-office'))).text();
  expect(told).toMatch(/crm[\s\S]*stop contacting[\s\S]*confirmed/);
});

test('the record of processing names systems, bases and what they hold, in the language of the reader', async () => {
  const cookie = await signIn('dpo');
  const record = await (await get('/console/data/record', `${cookie}; ficha_language=it`)).text();
  expect(record).toMatch(
    /Registro dei trattamenti[\s\S]*Pubblicità e novità[\s\S]*The ERP[\s\S]*persona[\s\S]*chiave per persona/,
  );
  expect((await get('/console/data/record', await signIn('data-team'))).status).toBe(403);
});

test('a proposal of the retention round is kept with a reason, or agreed to, which opens the erasure request', async () => {
  const proposed = async (client: string): Promise<string> => {
    const { rows } = await scene.database.owner.query<{ readonly id: string }>({
      text: `insert into ficha.review_task (kind, reason, subject, subject_key)
        values ('consent', 'retention-due', jsonb_build_object('clientId', $1::text, 'category', 'prospect', 'action', 'erase', 'lastHeardAt', '2020-01-01T00:00:00Z'), 'retention/' || $1) returning id`,
      values: [client],
    });
    return rows[0]?.id ?? '';
  };
  const [ana, elena] = [await proposed(people.ana), await proposed(people.elena)];
  const cookie = await signIn('dpo');
  const page = await (await get('/console/data/retention', cookie)).text();
  expect(page).toMatch(/Waiting: 2[\s\S]*Ana Núñez/);
  const csrf = csrfOf(page);
  const unexplained = await post('/console/data/retention', { csrf, taskId: ana, answer: 'keep', reason: '' }, cookie);
  expect(unexplained.status).toBe(422);
  const kept = await post('/console/data/retention', { csrf, taskId: ana, answer: 'keep', reason: 'a running contract' }, cookie);
  expect(await kept.text()).toMatch(/Kept; the reason is noted[\s\S]*Waiting: 1/);
  const agreed = await post('/console/data/retention', { csrf, taskId: elena, answer: 'erase' }, cookie);
  expect(agreed.headers.get('location')).toMatch(/^\/console\/privacy\/[0-9a-f-]{36}\?told=open\.done$/);
});

test('a child who came of age, and a system that refuses a no, wait for a DPO, who settles with proof or has the system told again', async () => {
  const task = async (client: string, reason: string, suppression: string | null): Promise<string> => {
    const { rows } = await scene.database.owner.query<{ readonly id: string }>({
      text: `insert into ficha.review_task (kind, reason, subject, subject_key)
        values ('consent', $2, jsonb_strip_nulls(jsonb_build_object('clientId', $1::text, 'suppressionId', $3::text)), $2 || $1) returning id`,
      values: [client, reason, suppression],
    });
    return rows[0]?.id ?? '';
  };
  const { rows } = await scene.database.owner.query<{ readonly id: string }>({
    text: `insert into ficha.suppression (client_id, purpose, channel, linked_system_id, since, state)
      values ($1, 'news', 'sms', 'crm', now(), 'refused') returning id`,
    values: [people.elena],
  });
  const [aged, refused] = [
    await task(people.ana, 're-consent', null),
    await task(people.elena, 'suppression-refused', rows[0]?.id ?? ''),
  ];
  const cookie = await signIn('dpo');
  const page = await (await get('/console/data/tasks', cookie)).text();
  expect(page).toMatch(/Waiting: 2[\s\S]*Ana Núñez[\s\S]*came of age[\s\S]*crm[\s\S]*refuses the/);
  const csrf = csrfOf(page);
  const answer = (fields: Readonly<Record<string, string>>) => post('/console/data/tasks', { csrf, ...fields }, cookie);
  expect((await answer({ taskId: aged, answer: 'done', evidence: '' })).status).toBe(422);
  expect((await answer({ taskId: aged, answer: 'look-again' })).status).toBe(422);
  expect(await (await answer({ taskId: refused, answer: 'look-again' })).text()).toMatch(
    /told again and read back[\s\S]*Waiting: 1/,
  );
  expect(await (await answer({ taskId: aged, answer: 'done', evidence: 'asked by letter, file 4711' })).text()).toContain(
    'Nothing waits for you here.',
  );
  expect((await get('/console/data/tasks', await signIn('data-team'))).status).toBe(403);
});
