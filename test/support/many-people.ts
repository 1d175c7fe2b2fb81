import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The manifest of a connector for the vendor below. @param limits a line of the manifest, when it has any */
export const manyPeopleManifest = (pageSize: number, limits = ''): string => `
name: many-people
title: Many people
version: 1
vendor: { docs: https://example.test }
config: { type: object, properties: { url: { type: string } } }
server: { url: '{config.url}' }
${limits}
entities:
  person:
    list: { request: GET /people, query: { limit: '{page.size}', offset: '{page.offset}' }, page: { kind: offset, size: ${pageSize} }, select: data, cursor: { field: updated_at } }
    id: id
    changedAt: updated_at
    map: { givenName: first_name, familyName: last_name, emails: [email], phones: [mobile, phone], birthDate: { from: born, as: date }, addresses: { each: addresses, map: { city: town, country: country } } }
`;

export interface ManyPeople {
  readonly url: string;
  /** When each page was asked for, in ms of the vendor's clock, by its offset; in order of arrival. */
  ledger(): Promise<readonly (readonly [offset: number, atMs: number])[]>;
  stop(): void;
}

const program = fileURLToPath(new URL('many-people-process.ts', import.meta.url));

/** A vendor of `records` people of about 1 KB each, in a process of its own. @param pauseMs how long each answer takes at least */
export async function startManyPeople(records: number, pauseMs = 0): Promise<ManyPeople> {
  const vendor = fork(program, [String(records), String(pauseMs)], { execArgv: ['--import', 'tsx'] });
  const [port] = (await once(vendor, 'message')) as [number]; // its one message
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    ledger: async () => (await (await fetch(`${url}/ledger`)).json()) as [number, number][], // as the process writes it
    stop: () => {
      vendor.kill();
    },
  };
}
