import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { startWebDav } from '../../test/support/real/dav.ts';
import { orLeftOut, run } from '../../test/support/real/real-system.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import type { Cursor, LinkedSystem, PullPage, RecordRef } from '../kit/contract.ts';
import type { Send } from '../kit/hooks.ts';
import { loadConnectors } from '../kit/registry.ts';
import { RemoteFile } from './remote-file.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 600_000 });

const reals = await orLeftOut(startWebDav({ dir: temporaryFolder() }));
const connector = (await loadConnectors()).get('spreadsheet');

const written = `import openpyxl, datetime as d, sys
wb = openpyxl.Workbook(); ws = wb.active; ws.title = 'Clientes'
ws.append(['id', 'email', 'nombre', 'fecha de nacimiento', 'baja'])
ws.append(['C1', 'ana@example.test', 'Ana Prueba', d.datetime(1980, 2, 1), None])
ws.append(['C2', 'bob@example.test', 'Bob Moreno', d.date(1975, 12, 31), 'sí'])
ws.append(['C3', 'eva@example.test', 'Eva Lince', None, None])
wb.save(sys.argv[1])`;

describe.each(reals)('a workbook of openpyxl on a real WebDAV server', (server) => {
  const file = join(server.root, 'clients.xlsx');
  const opened: LinkedSystem[] = [];
  const open = (more: object = {}, secret = server.password): LinkedSystem => {
    if (connector === undefined) throw new Error('no spreadsheet connector');
    const system = connector.open({
      systemId: 'leads',
      config: { url: `${server.url}/clients.xlsx`, user: server.user, ...more },
      secret: () => secret,
      signal: new AbortController().signal,
      now: () => new Date('2026-11-23T10:00:00Z'),
    });
    opened.push(system);
    return system;
  };
  const person = (externalId: string): RecordRef => ({ kind: 'person', externalId });
  const order = { key: 'k', channel: 'email', purpose: 'marketing' } as const;
  const pull = async (system: LinkedSystem, cursor: Cursor | null = null): Promise<PullPage[]> => {
    const pages: PullPage[] = [];
    for await (const page of system.pull('rows', cursor)) pages.push(page);
    return pages;
  };

  afterAll(async () => {
    await Promise.all(opened.map((one) => one.close()));
    await server.stop();
  });

  test('it is checked, listed, and not listed again while nobody changed it', async () => {
    await run(server.python, ['-c', written, file]);
    const system = open();
    expect(await system.check()).toEqual({ ok: true, problems: [] });
    const pages = await pull(system);
    const records = pages.flatMap((page) => page.records);
    expect(records.map(({ kind, externalId }) => `${kind} ${externalId}`)).toEqual([
      'person C1',
      'person C2',
      'consent C2:any:marketing',
      'person C3',
    ]);
    expect(records[0]?.canonical).toMatchObject({
      fullName: 'Ana Prueba',
      birthDate: '1980-02-01',
      emails: ['ana@example.test'],
    });
    const again = await pull(open(), pages.at(-1)?.cursor ?? null);
    expect(again.flatMap((page) => page.records)).toEqual([]);
  });

  test('an opt-out, an export and an erasure reach the file on the server; a dry run does not', async () => {
    const system = open();
    expect(await system.lookup([{ kind: 'email', value: 'Ana@Example.test' }])).toEqual([person('C1')]);
    const before = readFileSync(file);
    expect(await system.suppress(person('C1'), { ...order, dryRun: true })).toMatchObject({ result: 'would-apply' });
    expect(await system.erase(person('C3'), { key: 'k', dryRun: true })).toMatchObject({ result: 'would-erase' });
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(await system.suppress(person('C1'), order)).toMatchObject({ result: 'applied' });
    expect(await open().readConsent(person('C1'))).toContainEqual({ channel: 'email', purpose: 'marketing', answer: 'denied' });
    expect(await system.unsuppress(person('C1'), { ...order, consentEventId: 'event' })).toMatchObject({ result: 'applied' });
    expect(JSON.stringify(await system.export(person('C3')))).toContain('eva@example.test');
    expect(await system.verify(person('C3'))).toMatchObject({ result: 'present' });
    expect(await system.erase(person('C3'), { key: 'k' })).toMatchObject({ result: 'done' });
    expect(await open().verify(person('C3'))).toMatchObject({ result: 'gone' });
    expect((await pull(open())).flatMap((page) => page.records).map(({ externalId }) => externalId)).not.toContain('C3');
  });

  test('what somebody else saved meanwhile is left as it is', async () => {
    const authorization = `Basic ${Buffer.from(`${server.user}:${server.password}`).toString('base64')}`;
    const send: Send = async ({ method, raw, headers }) => {
      const body = raw === undefined ? {} : { body: typeof raw.body === 'string' ? raw.body : new Uint8Array(raw.body) };
      const answer = await fetch(`${server.url}/clients.xlsx`, { method, headers: { ...headers, authorization }, ...body });
      return {
        status: answer.status,
        headers: Object.fromEntries(answer.headers),
        body: Buffer.from(await answer.arrayBuffer()),
      };
    };
    const theirs = Buffer.concat([readFileSync(file), Buffer.from(' ')]);
    const work = (path: string): Promise<void> => {
      writeFileSync(path, 'ours');
      writeFileSync(file, theirs);
      return Promise.resolve();
    };
    const remote = new RemoteFile(send, `${server.url}/clients.xlsx`);
    await expect(remote.with(work)).rejects.toMatchObject({ code: 'changed-meanwhile', retry: 'now' });
    expect(readFileSync(file).equals(theirs)).toBe(true);
  });

  test('a wrong password and a file that is not there are told, and mean nobody was deleted', async () => {
    expect(await open({}, 'wrong').check()).toMatchObject({ ok: false, problems: [{ code: 'credentials-refused' }] });
    expect(await open({ url: `${server.url}/none.xlsx` }).check()).toMatchObject({
      ok: false,
      problems: [{ code: 'file-missing' }],
    });
    await expect(pull(open({ url: `${server.url}/none.xlsx` }))).rejects.toMatchObject({ code: 'file-missing', retry: 'later' });
  });
});
