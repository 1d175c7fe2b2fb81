import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import {
  connectorNames,
  lintConnector,
  manifestOf,
  openUnlinked,
  stalePages,
  writePages,
  writeScaffold,
} from './connector-tools.ts';

const folders: string[] = [];
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'ficha-connectors-'));
  folders.push(made);
  return made;
};
afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true });
});

test('the published pages are what the manifests and the runs say', () => {
  expect(stalePages(), 'run `ficha connector docs` and commit what it writes').toEqual([]);
});

test('a page that somebody edited by hand, or that is missing, is told as stale', () => {
  const into = folder();
  expect(stalePages(into).length).toBe(writePages(into));
  expect(stalePages(into)).toEqual([]);
  rmSync(join(into, 'hubspot.md'));
  expect(stalePages(into)).toEqual([join(into, 'hubspot.md')]);
});

test('a new connector is written whole, with a manifest that the lint passes, and never over another', () => {
  const root = folder();
  const files = writeScaffold('acme-mailer', { root });
  expect(files).toEqual([
    'connectors/acme-mailer/manifest.yaml',
    'connectors/acme-mailer/texts.yaml',
    'connectors/acme-mailer/README.md',
    'connectors/acme-mailer/acme-mailer.test.ts',
    'test/twins/acme-mailer.ts',
    'test/twins/acme-mailer/spec.json',
  ]);
  expect(manifestOf(join(root, files[0] ?? '')).name).toBe('acme-mailer');
  expect(readFileSync(join(root, files[4] ?? ''), 'utf8')).toContain('startAcmeMailerTwin');
  expect(() => writeScaffold('acme-mailer', { root })).toThrow(/already-there: connectors\/acme-mailer\/manifest.yaml exists/);
  expect(() => writeScaffold('Acme!', { root })).toThrow(/name-invalid/);
  expect(existsSync(join(root, 'connectors', 'Acme!'))).toBe(false);
});

test('every connector of the tree has a valid manifest of at most 200 lines', () => {
  for (const name of connectorNames()) {
    expect(manifestOf(name).name).toBe(name);
    const lines = readFileSync(join(import.meta.dirname, '../connectors', name, 'manifest.yaml'), 'utf8')
      .trimEnd()
      .split('\n');
    expect([name, lines.length <= 200]).toEqual([name, true]);
  }
});

test('the lint tells a text that a connector of ours lacks in a language, and asks none of a user of their own', () => {
  expect(connectorNames().map((name) => lintConnector(name))).toEqual(connectorNames().map(() => null));
  const own = folder();
  mkdirSync(join(own, 'mine'));
  const manifest =
    'name: mine\ntitle: Mine\nversion: 1\nvendor: { docs: "https://docs.example", transferBasis: none }\nkeepsNothing: true\nentities: { person: {} }\n';
  writeFileSync(join(own, 'mine', 'manifest.yaml'), manifest);
  expect(lintConnector('mine', own)).toBeNull();
  writeFileSync(join(own, 'mine', 'texts.yaml'), 'asIs: [something else]\n');
  expect(lintConnector('mine', own)).toBe(`texts-missing: ${own}/mine/texts.yaml lacks es, it and fr of: "none"`);
});

test('what is not linked opens from its file, and says what is missing', async () => {
  await expect(openUnlinked({ connector: 'nothing' })).rejects.toMatchObject({ code: 'connector-missing' });
  const system = await openUnlinked({ id: 'portal', connector: 'hubspot', config: { url: 'http://127.0.0.1:9' } });
  await expect(system.check()).resolves.toMatchObject({ ok: false, problems: [{ code: 'secret-absent' }] });
});
