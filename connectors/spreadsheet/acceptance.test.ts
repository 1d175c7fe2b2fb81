import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describeConnector } from '../../test/acceptance/describe-connector.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { twinClock } from '../../test/twins/kit/twin-clock.ts';

const columns = { key: 'id', givenName: 'nombre', familyName: 'apellidos', emails: 'email', birthDate: 'nacido', optOut: 'baja' };
const headings = Object.values(columns);

describeConnector('spreadsheet', () => {
  const path = join(temporaryFolder(), 'clients.csv');
  writeFileSync(path, `${headings.join(',')}\n`);
  let count = 0;
  let changes = 0;
  let known = readFileSync(path, 'utf8');
  const rows = (): Record<string, string>[] => parse(readFileSync(path), { columns: true, bom: true }); // by its own headings
  const row = (id: string): Record<string, string> | undefined => rows().find((one) => one['id'] === id);
  /** How often the connector wrote the file since it was asked last. */
  const look = (): number => {
    const now = readFileSync(path, 'utf8');
    if (now !== known) changes += 1;
    known = now;
    return changes;
  };
  const byHand = (change: (all: Record<string, string>[]) => Record<string, string>[]): void => {
    look();
    const all = change(rows());
    const names = [...new Set([...headings, ...all.flatMap((one) => Object.keys(one))])];
    writeFileSync(
      path,
      `${[names, ...all.map((one) => names.map((name) => one[name] ?? ''))].map((cells) => cells.join(',')).join('\n')}\n`,
    );
    known = readFileSync(path, 'utf8');
  };
  const change = (id: string, what: Readonly<Record<string, string>>): void =>
    byHand((all) => all.map((one) => (one['id'] === id ? { ...one, ...what } : one)));
  return Promise.resolve({
    twin: { clock: twinClock(), changes: look, stop: () => Promise.resolve() },
    config: { path, columns },
    secrets: {},
    letsAnyoneIn: true,
    stream: 'rows',
    pageSize: 500,
    addPerson: ({ givenName, familyName, email }) => {
      look();
      count += 1;
      const line = `C${count},${givenName},${familyName},${email},,\n`;
      appendFileSync(path, line);
      known += line;
      return `C${count}`;
    },
    changePerson: (id, { givenName }) => change(id, { nombre: givenName }),
    removePerson: (id) => byHand((all) => all.filter((one) => one['id'] !== id)),
    holds: (id) => (row(id)?.['email'] ?? '') !== '',
    addField: (id) => change(id, { nuevo: 'new-field-of-the-vendor' }),
    retypeField: (id) => change(id, { nacido: 'canary' }),
    isOptedOut: (id) => (row(id)?.['baja'] ?? '') !== '',
    optOut: (id) => change(id, { baja: 'sí' }),
  });
});
