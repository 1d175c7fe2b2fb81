import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { connectorFolders, manifestIn, ours } from '../connectors/kit/registry.ts';
import { createBackEnd, Refused } from './back-end.ts';
import { newSession } from './session.ts';
import { viewOf } from './view.ts';
import { languages, strings, wordsIn } from './words.ts';

/** Where what answers the console begins: the two APIs, and what they are given: trying and opening a system, sending a message. */
const entries = [
  'api/server.ts',
  'graphql/server.ts',
  'runtime/preview-system.ts',
  'activities/open-system.ts',
  'platform/mailer.ts',
  'runtime/linked-mailer.ts',
];

/** Faults of an installation or of a program that calls, not of an order: nobody at a page can do more than tell of them (`refused.other`). */
const installation: ReadonlySet<string> = new Set([
  'audit-entry-invalid',
  'connector-twice',
  'consent-not-started',
  'day-invalid',
  'hooks-differ',
  'hooks-missing',
  'hooks-not-here',
  'manifest-invalid',
  'manifest-unreadable',
  'metric-declaration-invalid',
  'metric-declarations-refused',
  'mixed-subjects',
  'name-invalid',
  'no-dry-run',
  'no-details',
  'not-json',
  'schema-unknown',
  'signing-key-invalid',
  'subject-data-damaged',
  'texts-invalid',
  'webhook-not-signed',
  'webhook-too-large',
  'webhook-too-old',
]);

/** Every file that one of the entries runs. */
function reachedFrom(files: readonly string[], seen = new Set<string>()): ReadonlySet<string> {
  for (const file of files) {
    if (seen.has(file) || !file.endsWith('.ts') || !existsSync(file)) continue; // a scaffold holds imports of what it writes
    seen.add(file);
    const imports = [...readFileSync(file, 'utf8').matchAll(/^(?:import|export) (?!type )[^;]*?from '(\.[^']+)'/gm)];
    reachedFrom(
      imports.map(([, path = '']) => join(dirname(file), path)),
      seen,
    );
  }
  return seen;
}

const thrown = /new FichaError\(\s*'([a-z-]+)'/g;
const patterns = [
  thrown,
  /\brefused\('([a-z-]+)'/g, // graphql/question.ts
  /extensions: \{ code: '([a-z-]+)'/g, // graphql
  /c\.json\(\s*\{\s*code: '([a-z-]+)'/g, // the server of commands
  /^ {2}'([a-z-]+)': [45]\d\d,$/gm, // statuses of commands
  /action: '(?:fail|refresh|wait|retry)', code: '([a-z-]+)'/g, // what a system's status means
];

const codes = [
  ...new Set(
    [...reachedFrom(entries)].flatMap((file) => {
      const text = readFileSync(file, 'utf8');
      return patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, code = '']) => code));
    }),
  ),
].sort();

test.each(languages)('%s has words for every refusal that an order or a question can meet', (language) => {
  expect(codes.length).toBeGreaterThan(100); // the search still finds them
  const missing = codes.filter((code) => !installation.has(code) && !isSaid(code));
  expect(missing).toEqual([]);
  function isSaid(code: string): boolean {
    return ['refused', 'problem'].some((group) => Object.hasOwn(strings[language], `${group}.${code}`));
  }
});

/** What trying, reading or writing one system can come to, in its connector's code and its manifest. */
const ofConnectors = connectorFolders(ours).flatMap((name) => [
  ...(manifestIn(ours, name, 'connectors').errors ?? []).flatMap(({ code }) => code ?? []),
  ...readdirSync(join('connectors', name), { encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .flatMap((file) => [...readFileSync(join('connectors', name, file), 'utf8').matchAll(thrown)].map(([, code = '']) => code)),
]);

test.each(languages)('%s has words for whatever a connector can come upon', (language) => {
  expect(new Set(ofConnectors).size).toBeGreaterThan(20);
  const said = (code: string): boolean =>
    ['refused', 'problem'].some((group) => Object.hasOwn(strings[language], `${group}.${code}`));
  expect([...new Set(ofConnectors)].filter((code) => !said(code))).toEqual([]);
});

const refusing = (code: string, message: string, status: number) => {
  const answer = (): Response => Response.json({ code, message }, { status });
  const session = newSession('t', 's', [], new Date(0));
  return (language: (typeof languages)[number]) =>
    viewOf(createBackEnd(answer, answer), session, { t: wordsIn(language), now: new Date(0), path: '/', idleMinutes: 15 });
};

test.each(languages)('in %s nobody reads the words of the API, only what it says of a field or a setting', async (language) => {
  const own = wordsIn(language);
  const orderOf = async (code: string, message: string): Promise<Refused> =>
    await refusing(
      code,
      message,
      409,
    )(language)
      .order('POST', '/v1/x')
      .then(
        () => expect.unreachable(),
        (error: unknown) => error as Refused,
      );
  const once = await orderOf('same-person', 'same-person: you approved this plan before: an erasure of this size takes two');
  expect([once.message, once.code, once.status]).toEqual([own('refused.same-person'), 'same-person', 409]);
  const unknown = await orderOf('brand-new', 'brand-new: see `ficha doctor`');
  expect(unknown.message).toBe(own('refused.other', { code: 'brand-new' }));
  const field = await orderOf('bad-body', 'bad-body: reason: must not be empty');
  expect(field.message).toBe(own('refused.bad-body', { detail: 'reason: must not be empty' }));
  const system = await orderOf('no-answer', 'no-answer: erp: GET got no answer');
  expect(system.message).toBe(`${own('problem.no-answer')} (erp: GET got no answer)`);
});
