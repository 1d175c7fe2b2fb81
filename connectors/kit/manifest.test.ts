import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseManifest } from './manifest.ts';
import { connectorFolders, ours } from './registry.ts';

const head = `
name: acme
title: Acme
version: 1
vendor: { docs: https://docs.acme.example }
config: { type: object, properties: { region: { type: string } } }
server: { url: 'https://{config.region}.acme.example' }
`;
const entities = `
entities:
  person: { list: { request: GET /people, page: { kind: none } }, id: id, map: { emails: [email] }, get: { request: 'GET /people/{id}' } }
`;

const said = (text: string): string => {
  try {
    parseManifest(text, 'connectors/acme/manifest.yaml');
    return 'valid';
  } catch (error) {
    return String(error).replace(/^FichaError: /, '');
  }
};

test('a manifest that says what it may is valid', () => {
  expect(said(head + entities)).toBe('valid');
});

test.each([
  [
    'a misspelt key',
    `${head}${entities}limts: []`,
    'manifest-unknown-field: connectors/acme/manifest.yaml: "limts" is not a known field. Did you mean "limits"?',
  ],
  [
    'a misspelt canonical field',
    head + entities.replace('emails:', 'emials:'),
    'manifest-unknown-field: connectors/acme/manifest.yaml, entities.person.map.emials: "emials" is not a canonical field. Did you mean "emails"?',
  ],
  [
    'a setting that is not declared',
    head.replace('{config.region}', '{config.regoin}') + entities,
    'manifest-unknown-field: connectors/acme/manifest.yaml, server.url: "regoin" is not a setting of `config`. Did you mean "region"?',
  ],
  [
    'a placeholder that nothing fills',
    head + entities.replace('{id}', '{idd}'),
    '"idd" is not a known placeholder. Did you mean "id"?',
  ],
  [
    'a value that no step saved',
    `${head}${entities}erase: { person: { mode: job, residue: [], steps: [{ request: 'DELETE /jobs/{saved.job}' }] } }`,
    '{saved.job} is saved by no step before it',
  ],
  ['a secret that is not declared', `${head}${entities}auth: { kind: bearer, secret: token }`, '"token" is not one of `secrets`'],
  [
    'a session without its hook',
    `${head}${entities}auth: { kind: session }`,
    'kind session needs `login`, or the hook `session`',
  ],
  [
    'a suppression that could not be read back',
    `${head}${entities.replace(/, get:.*?\} \}/, ' }')}consent: [{ entity: person, channel: email, purpose: news, read: status, values: { on: granted }, suppress: [{ request: 'DELETE /x/{id}' }] }]`,
    'it needs `get`: what is suppressed is read back',
  ],
  ['text that is no YAML', 'name: [', 'manifest-unreadable: connectors/acme/manifest.yaml, line '],
  ['a key given twice', `${head}${entities}name: other`, 'manifest-unreadable: connectors/acme/manifest.yaml, line 11'],
  ['code in place of a request', `${head}${entities}check: { request: 'javascript:alert(1)' }`, 'must match pattern'],
])('%s is refused with file, place and way out', (_, text, message) => {
  expect(said(text)).toContain(message);
});

test('every manifest names its schema, so that editors complete it', () => {
  for (const name of connectorFolders(ours)) {
    const [first = ''] = readFileSync(join(ours, name, 'manifest.yaml'), 'utf8').split('\n');
    const schema = /^# yaml-language-server: \$schema=(\S+)$/.exec(first)?.[1] ?? '';
    expect(existsSync(join(ours, name, schema)) && schema.endsWith('/manifest.schema.json'), name).toBe(true);
  }
});

test('a connector without code, people, consent, erasure and verification included, takes at most 200 lines', () => {
  const folder = join(import.meta.dirname, '..');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('manifest.yaml'));
  const texts = files.map((file) => [file, readFileSync(join(folder, file), 'utf8')] as const);
  const whole = texts.filter(([file, text]) => {
    const { hooks, consent, erase, verify } = parseManifest(text, file);
    return hooks === undefined && [consent, erase, verify].every((part) => part !== undefined);
  });
  expect(whole.length).toBeGreaterThanOrEqual(13);
  expect(whole.filter(([, text]) => text.trimEnd().split('\n').length > 200).map(([file]) => file)).toEqual([]);
});
