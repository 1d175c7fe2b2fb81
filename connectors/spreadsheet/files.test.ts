import { lstatSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LinkedSystem } from '../kit/contract.ts';
import { loadConnectors } from '../kit/registry.ts';

const connector = (await loadConnectors()).get('spreadsheet');
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ficha-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(path: string): LinkedSystem {
  if (connector === undefined) throw new Error('no spreadsheet connector');
  const { signal } = new AbortController();
  return connector.open({ systemId: 'sheet', config: { path, key: 'id' }, secret: () => '', signal, now: () => new Date(0) });
}

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const order = { key: 'k', channel: 'email', purpose: 'marketing' } as const;
const person = (externalId: string) => ({ kind: 'person', externalId }) as const;
const two = 'id;nombre;correo\n1;Ana;a@example.org\n2;Eva;e@example.org\n';

test('erasing through a link takes the row out of the file behind it, and the link stays', async () => {
  const real = file('real.csv', two);
  const link = join(folder, 'link.csv');
  symlinkSync(real, link);
  expect(await open(link).erase(person('1'), { key: 'k' })).toMatchObject({ result: 'done' });
  expect(readFileSync(real, 'utf8')).toBe('id;nombre;correo\n2;Eva;e@example.org\n');
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
});

test('a Latin-1 letter far down the file keeps its byte when another row changes', async () => {
  const rows = Array.from({ length: 3_000 }, (_, row) => `k${row};${'Ana '.repeat(25)};a${row}@example.org;`).join('\r\n');
  const end = Buffer.from('z;Bego\xf1a;z@example.org;\r\n', 'latin1');
  const path = file('late.csv', Buffer.concat([Buffer.from(`id;nombre;correo;baja publicidad\r\n${rows}\r\n`), end]));
  expect(readFileSync(path).length).toBeGreaterThan(256 * 1024);
  expect(await open(path).suppress(person('k3'), order)).toEqual({ result: 'applied' });
  expect(readFileSync(path).subarray(-end.length)).toEqual(end);
}, 20_000);

test('a line break inside a quoted heading is not the line end of the file', async () => {
  const path = file('heading.csv', 'id;"nombre\ncompleto";correo;baja publicidad\r\n1;Ana;a@example.org;\r\n');
  await open(path).suppress(person('1'), order);
  expect(readFileSync(path, 'utf8')).toBe('id;"nombre\ncompleto";correo;baja publicidad\r\n1;Ana;a@example.org;email\r\n');
});

test('two linked systems that hold one file never undo each other: a late change is refused, with the way out', async () => {
  const path = file('two.csv', two);
  const done = await Promise.allSettled([
    open(path).suppress(person('1'), order),
    open(folder).suppress(person('two.csv#2'), order),
  ]);
  const text = readFileSync(path, 'utf8');
  for (const [index, one] of done.entries()) {
    if (one.status === 'fulfilled') expect(text).toContain(index === 0 ? 'a@example.org;email' : 'e@example.org;email');
    else expect(one.reason).toMatchObject({ code: 'changed-meanwhile', retry: 'now' });
  }
  expect(done.some(({ status }) => status === 'fulfilled')).toBe(true);
});
