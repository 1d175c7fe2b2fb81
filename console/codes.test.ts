import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ownCatalog } from '../analytics/catalog.ts';
import { aboutOf } from '../connectors/kit/about.ts';
import { connectorFolders, manifestIn, ours } from '../connectors/kit/registry.ts';
import { canonicalFields } from '../connectors/kit/canonical-fields.ts';
import { consentPolicy } from '../domain/consent/consent-policy.ts';
import { security } from '../domain/consent/processing-record.ts';
import { reasonCodes, ruleCodes } from '../domain/identity/reasons-in-words.ts';
import { describeMetric } from '../domain/metrics/describe-metric.ts';
import { answersTo, taskReasons } from '../domain/privacy/answers.ts';
import type { LineState } from '../domain/privacy/line-state.ts';
import { noticeKinds } from '../domain/privacy/notice.ts';
import type { Outcome } from '../domain/privacy/outcome.ts';
import type { LineAction, RequestType } from '../domain/privacy/plan.ts';
import type { RequestState } from '../domain/privacy/request-state.ts';
import { auditActions } from '../domain/record/audit-action.ts';
import { fieldCategory } from '../domain/record/field-category.ts';
import type { RecordKind } from '../domain/record/source-record.ts';
import type { FieldSurvivorship } from '../schemas/types.ts';
import { languages, strings, wordsIn } from './words.ts';

const catalog = ownCatalog();
const enumName = (name: string): string => name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
const units = [...catalog.metrics.keys()].map((name) => describeMetric(catalog, name).unit);

/** All members of a union; the compiler refuses one that is missing or too many. */
const all = <Name extends string>(names: Readonly<Record<Name, true>>): readonly string[] => Object.keys(names);

const kinds: readonly RecordKind[] = ['person', 'company', 'sale', 'interaction', 'consent', 'document'];

const connectors = connectorFolders(ours).map((name) => aboutOf(manifestIn(ours, name, 'connectors')));

/** Why connectors put a record aside, as their sources name it. */
const rejectCodes = ['connectors', 'activities', 'store/write']
  .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)))
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
  .flatMap((path) => {
    const named = /(?:reasonCode: |new Unreadable\(|\bkept\()'([a-z]+(?:-[a-z]+)+)'|\{ code: '([a-z-]+)', reason: /g;
    return [...readFileSync(path, 'utf8').matchAll(named)].map(([, one, other]) => one ?? other ?? '');
  });

/** How somebody said what they allow, as sources and manifests name it. */
const howCodes = ['connectors', 'activities', 'api', 'domain/consent']
  .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)))
  .filter((path) => /(?<!\.test)\.ts$|manifest\.yaml$/.test(path))
  .flatMap((path) => {
    const named = /\bhow: (?:\w+ \? '([a-z-]+)' : )?(?:'([A-Za-z][A-Za-z -]+)'(?! \|)|\{ const: ([a-z-]+) \})/g;
    return [...readFileSync(path, 'utf8').matchAll(named)].flatMap(([, ...found]) => found.filter((one) => one !== undefined));
  });

const codes: Readonly<Record<string, readonly string[]>> = {
  reject: rejectCodes,
  audited: auditActions,
  how: howCodes,
  setting: connectors.flatMap(({ settings }) => settings.map(({ name }) => name)),
  secret: connectors.flatMap(({ secrets }) => secrets),
  erase: connectors.flatMap(({ eraseModes }) => eraseModes),
  verb: connectors.flatMap(({ scopes, gaps }) => [...scopes.flatMap(({ verbs }) => verbs), ...gaps.map(({ verb }) => verb)]),
  match: reasonCodes,
  matchRule: ruleCodes,
  metric: [...catalog.metrics.keys()].map(enumName),
  metricWhy: [...catalog.metrics.keys()].map(enumName),
  dimension: [...catalog.dimensions.keys()].map(enumName),
  unit: [...new Set(units)],
  task: taskReasons,
  taskWhy: taskReasons,
  taskAnswer: taskReasons.flatMap(answersTo),
  notice: noticeKinds,
  security,
  field: kinds.flatMap(canonicalFields),
  dataCategory: kinds.flatMap((kind) => canonicalFields(kind).map((field) => fieldCategory(kind, field))),
  purpose: Object.keys(consentPolicy.purposes),
  basis: Object.values(consentPolicy.purposes).map(({ legalBasis }) => legalBasis),
  rule: all<FieldSurvivorship['rules'][number]>({
    'source-rank': true,
    'most-recent': true,
    verified: true,
    'most-complete': true,
    'most-frequent': true,
    union: true,
  }),
  kind: all<RecordKind>({ person: true, company: true, sale: true, interaction: true, consent: true, document: true }),
  type: all<RequestType>({
    access: true,
    rectification: true,
    erasure: true,
    restriction: true,
    portability: true,
    objection: true,
  }),
  action: all<LineAction>({
    delete: true,
    anonymise: true,
    'block-until': true,
    'keep-until': true,
    manual: true,
    export: true,
    rectify: true,
    restrict: true,
  }),
  line: all<LineState>({
    located: true,
    acting: true,
    acted: true,
    verified: true,
    grace: true,
    kept: true,
    'needs-attention': true,
  }),
  outcome: all<Outcome>({ complete: true, 'complete-with-exceptions': true, 'needs-attention': true }),
  state: all<RequestState>({
    received: true,
    locating: true,
    planned: true,
    approved: true,
    acting: true,
    verifying: true,
    closed: true,
    refused: true,
    cancelled: true,
  }),
};

test.each(languages)('%s has words for every code that the engine can send', (language) => {
  const missing = Object.entries(codes).flatMap(([group, names]) =>
    names.map((name) => `${group}.${name}`).filter((key) => !Object.hasOwn(strings[language], key)),
  );
  expect(missing).toEqual([]);
});

test('the search for why records are put aside still finds them', () => {
  expect(new Set(rejectCodes).size).toBeGreaterThan(12);
});

test('what a metric counts is said in English as its declaration says it, so that a change there is translated too', () => {
  const t = wordsIn('en');
  for (const [name, { description }] of catalog.metrics) expect(t.sentence('metricWhy', enumName(name))).toBe(description);
});

test('a reason of a match is said in English as the engine says it', () => {
  const t = wordsIn('en');
  expect(t.sentence('match', 'birth:yearsApart', { n: 32 })).toBe('birth dates differ by 32 years');
  expect(t.sentence('match', 'nobody:knows')).toBeUndefined();
});
