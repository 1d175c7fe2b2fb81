import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { writePeople } from '../../bench/people-generator.ts';
import { resolveFiles } from './job.ts';

const folder = mkdtempSync(join(tmpdir(), 'ficha-resolve-'));
const bin = fileURLToPath(new URL('../../bin/ficha.cjs', import.meta.url));
const at = (name: string): string => join(folder, name);
const put = (name: string, content: string | Buffer): string => {
  writeFileSync(at(name), content);
  return at(name);
};
const lines = (name: string): string[] => readFileSync(at(name), 'utf8').trim().split('\n');
const ficha = (...args: string[]) => spawnSync(process.execPath, [bin, 'resolve', ...args], { encoding: 'utf8', cwd: folder });

let run = 0;
let output = '';
beforeEach(() => {
  output = `out${(run += 1)}.csv`;
});
afterAll(() => rmSync(folder, { recursive: true }));

const job = (
  inputs: readonly string[],
  more: { readonly map?: string; readonly explain?: string; readonly mode?: 'incremental' } = {},
) =>
  resolveFiles({
    inputs,
    map: more.map,
    output: at(output),
    reviews: at(`${output}.review`),
    explain: more.explain,
    mode: more.mode ?? 'batch',
    evaluate: undefined,
  });
/** Cluster of each record as the output says. */
const clusters = (name = output): Record<string, string> =>
  Object.fromEntries(
    lines(name)
      .slice(1)
      .map((line) => line.split(',').slice(0, 2) as [string, string]),
  );

const header = 'record_id,system,given_name,family_name,birth_date,email,phone';
const ana = [
  'a1,crm,Ana,García López,1980-03-04,ana@x.example,600111222',
  'a2,erp,Ana,Garcia Lopez,1980-03-04,ANA@x.example,+34 600 111 222',
  'b1,crm,Luis,Pérez,1975-01-09,luis@y.example,611222333',
];

describe('what a file may look like', () => {
  test('CRLF, a byte order mark, semicolons and quotes change nothing', async () => {
    const plain = put('plain.csv', `${[header, ...ana].join('\n')}\n`);
    await job([plain]);
    const expected = clusters();
    expect(expected).toEqual({ a1: 'a1', a2: 'a1', b1: 'b1' });
    for (const [name, text] of [
      ['crlf.csv', [header, ...ana].join('\r\n')],
      ['bom.csv', `\ufeff${[header, ...ana].join('\n')}\n`],
      ['semicolon.csv', [header, ...ana].join('\n').replaceAll(',', ';')],
      ['excel.csv', `sep=;\r\n${[header, ...ana].join('\r\n').replaceAll(',', ';')}`],
      ['tab.csv', [header, ...ana].join('\n').replaceAll(',', '\t')],
      [
        'quoted.csv',
        [header, ...ana]
          .map((line) =>
            line
              .split(',')
              .map((cell) => `"${cell}"`)
              .join(','),
          )
          .join('\n\n'),
      ],
    ] as const) {
      output = `${name}.out`;
      await job([put(name, text)]);
      expect(clusters(`${name}.out`), name).toEqual(expected);
    }
  });
  test('Latin-1 is found out, and its accents are read', async () => {
    await job([
      put(
        'latin1.csv',
        Buffer.from([header, 'c1,crm,José,Muñoz,1980-03-04,,', 'c2,crm,Jose,Munoz,1980-03-04,,'].join('\n'), 'latin1'),
      ),
    ]);
    expect(clusters()).toEqual({ c1: 'c1', c2: 'c1' });
  });
  test('the order of the rows does not matter, and neither does feeding them in batches', async () => {
    await job([put('forward.csv', [header, ...ana].join('\n'))]);
    const expected = clusters();
    output = 'backward.out';
    await job([put('backward.csv', [header, ...ana.toReversed()].join('\n'))], { mode: 'incremental' });
    expect(clusters('backward.out')).toEqual(expected);
    expect(lines('backward.out').map((line) => line.split(',')[0])).toEqual(['record_id', 'b1', 'a2', 'a1']);
  });
  test('in batches and all at once the same files are written, and a person is asked the same in the same order', async () => {
    const people = at('people.csv');
    await writePeople(people, 1_500, 5);
    const [whole, batches] = ['whole.out', 'batches.out'];
    output = whole;
    await job([people]);
    output = batches;
    await job([people], { mode: 'incremental' });
    expect(lines(batches)).toEqual(lines(whole));
    expect(lines(`${batches}.review`)).toEqual(lines(`${whole}.review`));
    expect(lines(`${whole}.review`).length).toBeGreaterThan(20);
  });
  test('JSON Lines, and a features format with one object for each name, are read', async () => {
    const rows = [
      {
        DATA_SOURCE: 'A',
        RECORD_ID: '1',
        FEATURES: [{ RECORD_TYPE: 'PERSON' }, { NAME_LAST: 'Ruiz', NAME_FIRST: 'Ana' }, { EMAIL_ADDRESS: 'ana@x.example' }],
      },
      { record_id: 2, given_name: 'Ana', family_name: 'Ruiz', email: ['ana@x.example', 'ana2@x.example'] },
      {
        RECORD_ID: '3',
        FEATURES: [{ RECORD_TYPE: 'ORGANIZATION' }, { NAME_ORG: 'Ana Ruiz' }, { EMAIL_ADDRESS: 'ana@x.example' }],
      },
    ];
    await job([put('rows.jsonl', rows.map((row) => JSON.stringify(row)).join('\n'))], {
      map: put('rows.yaml', 'constants: { country: ES }'),
    });
    expect(clusters()).toEqual({ 1: '1', 2: '1', 3: '3' });
  });
  test('a map places columns, constants and several values of a cell', async () => {
    const map = put(
      'map.yaml',
      'columns: { record_id: [shop, no], family_name: who, email: [mail 1, mail 2] }\nconstants: { country: IT, system: shop }\nseparator: "|"\n',
    );
    await job(
      [
        put(
          'mapped.csv',
          'shop,no,who,mail 1,mail 2,Telefono\nx,1,Rossi Anna,,anna@x.example|a@y.example,06 1234567\ny,1,Anna Rossi,a@y.example,,',
        ),
      ],
      { map },
    );
    expect(clusters()).toEqual({ 'x:1': 'x:1', 'y:1': 'x:1' });
  });
});

test('a map in short form names the columns only', async () => {
  const map = put('short.yaml', 'record_id: key\nfamily_name: cliente\n');
  await job([put('short.csv', 'key;cliente;mail\n1;Ana Ruiz;ana@x.example\n2;Ruiz, Ana;ana@x.example')], { map });
  expect(clusters()).toEqual({ 1: '1', 2: '1' });
});

describe('what is refused', () => {
  test.each([
    ['no record_id', 'id_of_row,email\n1,a@x.example', 'no-record-id: ', 'columns: { record_id: ... }'],
    ['an empty record_id', 'record_id,email\n1,a@x.example\n,b@x.example', 'line 3: record_id is empty'],
    ['a record_id twice', 'record_id,email\n1,a@x.example\n1,b@x.example', 'line 3: record_id stands already in line 2'],
    ['an unknown kind', 'record_id,kind\n1,animal', 'line 2: kind is neither person nor company'],
    ['too many cells', 'record_id,email\n1,a@x.example,Ana', 'line 2: 3 cells, the header has 2'],
    ['an open quote', 'record_id,email\n1,"a@x.example\n2,b', 'line 2: a quote is opened and never closed'],
    ['an empty file', '', 'has no header'],
    ['one header twice', 'record_id,email,email\n1,a,b', 'two columns "email"'],
  ])('%s', async (_, content, ...says) => {
    const error = await job([put('bad.csv', content)]).catch((caught: unknown) => caught);
    for (const text of says) expect(String(error)).toContain(text);
    expect(String(error)).toContain('bad.csv');
    expect(String(error)).not.toMatch(/a@x\.example|animal/);
    expect(readdirSync(folder).filter((name) => name.startsWith(output))).toEqual([]);
  });
  test.each([
    ['a threshold', 'threshold: 0.9', '"threshold" is not a known field'],
    ['a field that is none', 'columns: { emial: mail }', 'Did you mean "email"'],
    ['a header that the file lacks', 'columns: { email: e-mial }', 'Did you mean "e-mail"'],
    ['no YAML', 'columns: {', 'not-yaml'],
  ])('a map with %s', async (_, map, says) => {
    const input = put('in.csv', 'record_id,e-mail\n1,a@x.example');
    await expect(job([input], { map: put('bad.yaml', map) })).rejects.toThrow(says);
  });
  test('JSON that is none: the line is named, its text is not repeated', async () => {
    const error = await job([put('bad.jsonl', '{"record_id":"1"}\n{"record_id":"2" secret')]).catch(String);
    expect(error).toContain('line 2');
    expect(error).not.toContain('secret');
  });
});

describe('ficha resolve', () => {
  test('writes clusters, reviews and reasons, and judges them; each failure has its exit code', () => {
    put('people.csv', [header, ...ana, 'd1,crm,Juan,Ruiz,,,633444555', 'd2,erp,Juan,Ruiz,,,633444555'].join('\n'));
    put('key.csv', 'record_id,cluster\na1,1\na2,1\nb1,2\nd1,3\nd2,3\n');
    const done = ficha('--input', 'people.csv', '--output', 'c.csv', '--explain', 'why.jsonl', '--evaluate', 'key.csv', '--json');
    expect(done.stderr).toContain('record_id');
    expect(done.status).toBe(0);
    const told = JSON.parse(done.stdout) as {
      records: number;
      evaluation: { all: { pairwise: { precision: number; recall: number } } };
    };
    expect(told.records).toBe(5);
    expect(told.evaluation.all.pairwise.precision).toBe(1);
    expect(lines('c.csv')[0]).toBe('record_id,cluster_id,decision');
    expect(lines('c.review.csv')[0]).toContain('record_id,other_record_id');
    expect(lines('why.jsonl').map((line) => JSON.parse(line) as object)[0]).toMatchObject({
      one: 'a1',
      other: 'a2',
      together: true,
    });

    const judged = ficha('--output', 'c.csv', '--evaluate', 'key.csv');
    expect(judged.stdout).toContain('reviews: ');
    expect(judged.status).toBe(0);

    expect(ficha('--input', 'none.csv', '--output', 'x.csv')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('there is no such file') as string,
    });
    expect(existsSync(at('x.csv'))).toBe(false);
    expect(ficha('--input', 'people.csv').status).toBe(2);
  });
});
