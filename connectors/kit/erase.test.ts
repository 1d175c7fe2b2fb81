import { expect, test } from 'vitest';
import type { ConnectorManifest } from '../../schemas/types.ts';
import type { Answer, Call, HookContext } from './hooks.ts';
import { parseManifest } from './manifest.ts';
import { manifestVerbs } from './verbs/manifest-verbs.ts';

const head = `
name: acme
title: Acme
version: 1
vendor: { docs: https://docs.acme.example }
server: { url: 'https://acme.example' }
entities: { person: { list: { request: GET /x, page: { kind: none } }, id: id, map: {}, get: { request: 'GET /people/{id}' } } }
`;

const manifest = (text: string): ConnectorManifest => parseManifest(`${head}${text}`, 'connectors/acme/manifest.yaml');

/** A vendor in a function; `asked` is what it was asked, in order. */
function vendor(answers: (call: Call) => Partial<Answer>) {
  const asked: string[] = [];
  const context: HookContext = {
    systemId: 'acme',
    config: {},
    secret: () => '',
    send: (call) => {
      asked.push(`${call.method} ${call.path}`);
      return Promise.resolve({ status: 200, headers: {}, body: {}, ...answers(call) });
    },
    now: () => new Date('2026-11-23T10:00:00Z'),
    signal: new AbortController().signal,
  };
  return { asked, context };
}

const ref = { kind: 'person', externalId: '7' } as const;

const job = `
erase:
  person:
    mode: soft-then-hard
    residue: [{ where: backups, due: 30d }]
    steps:
      - { request: 'GET /people/{id}/tickets', select: tickets, collect: tickets }
      - { request: 'DELETE /tickets/{item.id}', each: saved.tickets }
      - { request: 'DELETE /people/{id}' }
      - { request: 'DELETE /deleted/{id}', save: { job: job } }
      - { request: 'GET /jobs/{saved.job}', until: { path: state, values: [done], failed: [failed], every: 1ms, atMost: 20ms } }
`;

test('children first, soft before hard, and a job to its end; what stays has its day', async () => {
  let polls = 0;
  const { asked, context } = vendor(({ path }) => {
    if (path.endsWith('/tickets')) return { body: { tickets: [{ id: 1 }, { id: 2 }] } };
    if (path.startsWith('/deleted')) return { body: { job: 'j' } };
    if (path === '/jobs/j') polls += 1;
    return { body: { state: polls < 3 ? 'queued' : 'done' } };
  });
  expect(await manifestVerbs(manifest(job.replace('20ms', '20s')), context).erase(ref, { key: 'k' })).toMatchObject({
    result: 'partial',
    residue: [{ where: 'backups', due: '2026-12-23' }],
  });
  expect(asked).toEqual([
    'GET /people/7/tickets',
    'DELETE /tickets/1',
    'DELETE /tickets/2',
    'DELETE /people/7',
    'DELETE /deleted/7',
    ...Array.from({ length: 3 }, () => 'GET /jobs/j'),
  ]);
});

test('a job that goes on is accepted and one that failed is refused; what is gone already is passed over', async () => {
  const slow = vendor(({ path }) => (path.startsWith('/deleted') ? { body: { job: 'j' } } : { body: { state: 'queued' } }));
  expect(await manifestVerbs(manifest(job), slow.context).erase(ref, { key: 'k' })).toMatchObject({ result: 'accepted' });
  const failed = vendor(({ path }) => (path.startsWith('/deleted') ? { body: { job: 'j' } } : { body: { state: 'failed' } }));
  expect(await manifestVerbs(manifest(job), failed.context).erase(ref, { key: 'k' })).toMatchObject({
    result: 'refused',
    code: 'job-failed',
  });
  const gone = vendor(() => ({ status: 404 }));
  expect(await manifestVerbs(manifest(job), gone.context).erase(ref, { key: 'k' })).toMatchObject({ result: 'partial' });
  expect(gone.asked).toEqual(['GET /people/7/tickets', 'DELETE /people/7', 'DELETE /deleted/7']);
});

test('what a repeated call would harm is read before it; a refusal of the vendor is an answer', async () => {
  const once = manifest(
    "erase: { person: { mode: hard, once: true, residue: [], steps: [{ request: POST /gdpr-delete, json: { email: '{record.email}' } }] } }",
  );
  const absent = vendor(() => ({ status: 404 }));
  expect(await manifestVerbs(once, absent.context).erase(ref, { key: 'k' })).toEqual({ result: 'done', residue: [] });
  expect(absent.asked).toEqual(['GET /people/7']);
  const blocked = manifest(
    "erase: { person: { mode: hard, residue: [], blockedBy: [{ status: [409], code: has-invoices }], steps: [{ request: 'DELETE /people/{id}' }, { request: 'DELETE /more/{id}' }] } }",
  );
  const refusing = vendor(() => ({ status: 409 }));
  expect(await manifestVerbs(blocked, refusing.context).erase(ref, { key: 'k' })).toMatchObject({
    result: 'refused',
    code: 'has-invoices',
  });
  expect(refusing.asked).toHaveLength(1);
});

test('verify looks in the bin too, and tells what is on its way out', async () => {
  const rules = manifest(`
verify:
  person:
    request: 'GET /people/{id}'
    gone: { path: state, values: [erased] }
    pending: { path: state, values: [leaving], due: 30d }
    also: [{ request: 'GET /bin/{id}', where: the bin, due: 10d }]
`);
  const said = async (state: string, bin: number) => {
    const { context } = vendor(({ path }) => (path.startsWith('/bin') ? { status: bin } : { body: { state } }));
    return await manifestVerbs(rules, context).verify(ref);
  };
  expect(await said('active', 404)).toMatchObject({ result: 'present' });
  expect(await said('leaving', 404)).toMatchObject({ result: 'pending', residue: [{ due: '2026-12-23' }] });
  expect(await said('erased', 200)).toMatchObject({ result: 'pending', residue: [{ where: 'the bin', due: '2026-12-03' }] });
  expect(await said('erased', 404)).toMatchObject({ result: 'gone', count: 0 });
});

test('what stays is told only when the steps left it; a dry run tells what may stay', async () => {
  const rule = `
erase:
  person:
    mode: overwrite
    residue: [{ where: the emptied record, when: { path: saved.refused, not: [null] } }]
    steps: [{ request: 'DELETE /people/{id}', expect: [409], save: { refused: code } }]
`;
  const free = vendor(() => ({}));
  const held = vendor(() => ({ status: 409, body: { code: 'linked' } }));
  expect(await manifestVerbs(manifest(rule), free.context).erase(ref, { key: 'k' })).toMatchObject({
    result: 'done',
    residue: [],
  });
  const kept = { result: 'partial', residue: [{ where: 'the emptied record', due: null }] };
  expect(await manifestVerbs(manifest(rule), held.context).erase(ref, { key: 'k' })).toMatchObject(kept);
  const dry = await manifestVerbs(manifest(rule), held.context).erase(ref, { key: 'k', dryRun: true });
  expect(dry.residue).toHaveLength(1);
});
