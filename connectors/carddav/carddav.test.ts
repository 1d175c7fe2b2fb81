import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { describeConnector } from '../../test/acceptance/describe-connector.ts';
import type { Stage } from '../../test/acceptance/stage.ts';
import { startCardDav } from '../../test/support/real/dav.ts';
import { orLeftOut, type RealSystem } from '../../test/support/real/real-system.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { twinClock } from '../../test/twins/kit/twin-clock.ts';
import type { LinkedSystem, RecordRef } from '../kit/contract.ts';
import { loadConnectors } from '../kit/registry.ts';
import { cardLines, hasCategory, textsOf, withCategory } from './vcard.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 600_000 });

/** What a person does in an address book: in the files that the server keeps, and not through the connector. */
class Hand {
  readonly url: string;
  readonly #folder: string;
  readonly #authorization: string;

  constructor(server: RealSystem & { readonly root: string }, book: string) {
    this.url = `${server.url}/${server.user}/${book}/`;
    this.#folder = join(server.root, 'collection-root', server.user, book);
    this.#authorization = `Basic ${Buffer.from(`${server.user}:${server.password}`).toString('base64')}`;
  }

  async makeBook(): Promise<void> {
    const kind = '<resourcetype><collection/><C:addressbook/></resourcetype>';
    const names = 'xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"';
    const body = `<mkcol ${names}><set><prop>${kind}</prop></set></mkcol>`;
    const headers = { authorization: this.#authorization, 'content-type': 'application/xml' };
    const { status } = await fetch(this.url, { method: 'MKCOL', headers, body });
    if (status !== 201) throw new Error(`MKCOL answered ${status}`);
  }

  read(name: string): string | undefined {
    const file = join(this.#folder, name);
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  }

  write(name: string, card: string): void {
    writeFileSync(join(this.#folder, name), card);
  }

  remove(name: string): void {
    rmSync(join(this.#folder, name));
  }

  /** All cards as one text: what a write would change. */
  dump(): string {
    const names = readdirSync(this.#folder).filter((name) => name.endsWith('.vcf'));
    return names.map((name) => `${name}\n${this.read(name) ?? ''}`).join('\n');
  }
}

const cardOf = (uid: string, lines: readonly string[]): string =>
  ['BEGIN:VCARD', 'VERSION:3.0', `UID:${uid}`, ...lines, 'END:VCARD', ''].join('\r\n');

let books = 0;

async function stageOn(server: RealSystem & { readonly root: string }): Promise<Stage> {
  books += 1;
  const hand = new Hand(server, `book-${books}`);
  await hand.makeBook();
  let people = 0;
  let changes = 0;
  let known: string | undefined;
  const look = (): number => {
    const now = hand.dump();
    if (known !== undefined && now !== known) changes += 1;
    known = now;
    return changes;
  };
  /** A person's own change is none of the connector's. */
  const byHand = (work: () => void): void => {
    const looked = known !== undefined;
    if (looked) look();
    work();
    if (looked) known = hand.dump();
  };
  const change = (name: string, next: (card: string) => string): void =>
    byHand(() => hand.write(name, next(hand.read(name) ?? '')));
  return {
    twin: { clock: twinClock(), changes: look, stop: () => Promise.resolve() },
    config: { url: hand.url, user: server.user },
    secrets: { password: server.password },
    stream: 'cards',
    pageSize: 200,
    ownTime: true,
    absentId: 'nobody.vcf',
    addPerson: ({ givenName, familyName, email }) => {
      people += 1;
      const name = `p${people}.vcf`;
      const lines = [`FN:${givenName} ${familyName}`, `N:${familyName};${givenName};;;`, `EMAIL:${email}`];
      byHand(() => hand.write(name, cardOf(`p${people}`, lines)));
      return name;
    },
    changePerson: (name, { givenName }) => change(name, (card) => card.replace(/^FN:.*$/m, `FN:${givenName}`)),
    removePerson: (name) => byHand(() => hand.remove(name)),
    holds: (name) => hand.read(name) !== undefined,
    isOptedOut: (name) => hasCategory(cardLines(hand.read(name) ?? '') ?? [], 'Do not contact'),
    optOut: (name) => change(name, (card) => withCategory(card, 'Do not contact', true)),
  };
}

const reals = await orLeftOut(startCardDav({ dir: temporaryFolder() }));
afterAll(() => Promise.all(reals.map((server) => server.stop())));

const open = async (stage: Stage, password: string): Promise<LinkedSystem> => {
  const connector = (await loadConnectors()).get('carddav');
  if (connector === undefined) throw new Error('connectors/carddav is not there');
  return connector.open({
    systemId: 'contacts',
    config: { ...stage.config, defaultCountry: 'ES' },
    secret: () => password,
    signal: new AbortController().signal,
    now: () => new Date('2026-11-23T10:00:00Z'),
  });
};
const person = (externalId: string): RecordRef => ({ kind: 'person', externalId });

for (const server of reals) {
  describeConnector('carddav', () => stageOn(server), { on: 'a real Radicale 3.9' });

  test('a card is read whole, found by any of its identifiers, and its picture is exported as a file', async () => {
    const stage = await stageOn(server);
    const hand = new Hand(server, `book-${books}`);
    const lines = ['FN:Ana Ruiz', 'N:Ruiz;Ana;;;', 'EMAIL:ana@example.org', 'TEL;TYPE=cell:600 111 222', 'ORG:Muebles Roble'];
    const more = [
      'ADR:;;Calle Mayor 1;Madrid;;28001;ES',
      'BDAY:1980-02-01',
      'PHOTO;ENCODING=b;TYPE=JPEG:aG9sYQ==',
      'X-COLOUR:rojo',
    ];
    hand.write('ana.vcf', cardOf('ana', [...lines, ...more]));
    hand.write('acme.vcf', cardOf('acme', ['FN:Acme S.L.', 'N:;;;;', 'ORG:Acme S.L.', 'EMAIL:info@acme.example']));
    const system = await open(stage, server.password);
    const records = [];
    for await (const page of system.pull('cards', null)) records.push(...page.records);
    const found = Object.fromEntries(records.map(({ kind, externalId, canonical }) => [`${kind} ${externalId}`, canonical]));
    expect(found).toEqual({
      'person ana.vcf': {
        givenName: 'Ana',
        familyName: 'Ruiz',
        emails: ['ana@example.org'],
        phones: ['600 111 222'],
        companyName: 'Muebles Roble',
        birthDate: '1980-02-01',
        addresses: [{ street: 'Calle Mayor 1', city: 'Madrid', postcode: '28001', country: 'ES' }],
      },
      'company acme.vcf': { companyName: 'Acme S.L.', emails: ['info@acme.example'] },
    });
    expect(await system.lookup([{ kind: 'phone', value: '+34600111222' }])).toEqual([person('ana.vcf')]);
    expect(await system.lookup([{ kind: 'external-id', value: 'ana.vcf' }])).toEqual([person('ana.vcf')]);
    const exported = await system.export(person('ana.vcf'));
    expect(exported?.fields['X-COLOUR']).toEqual(['rojo']);
    expect(exported?.attachments.map(({ mediaType, bytes }) => [mediaType, Buffer.from(bytes).toString()])).toEqual([
      ['image/jpeg', 'hola'],
    ]);
    const order = { key: 'k', channel: 'email', purpose: 'marketing' } as const;
    expect(await system.suppress(person('ana.vcf'), order)).toMatchObject({ result: 'applied' });
    expect(textsOf(cardLines(hand.read('ana.vcf') ?? '') ?? [], 'X-COLOUR')).toEqual(['rojo']);
  });

  test('an erased card is in no file of the server', async () => {
    const stage = await stageOn(server);
    const name = await stage.addPerson({ givenName: 'Zarzamora', familyName: 'Encina', email: 'zarzamora@example.test' });
    const system = await open(stage, server.password);
    for await (const _ of system.pull('cards', null)) continue;
    expect(await server.rawStorageSearch(['zarzamora'])).not.toEqual([]);
    expect(await system.erase(person(name), { key: 'k' })).toMatchObject({ result: 'done' });
    expect(await system.verify(person(name))).toMatchObject({ result: 'gone' });
    expect(await server.rawStorageSearch(['zarzamora'])).toEqual([]);
  });

  test('a server that forgot the token lists all again, and says so', async () => {
    const stage = await stageOn(server);
    await stage.addPerson({ givenName: 'Ana', familyName: 'Ruiz', email: 'ana@example.org' });
    const system = await open(stage, server.password);
    const pages = [];
    for await (const page of system.pull('cards', { version: 1, token: 'http://radicale.org/ns/sync/forgotten' }))
      pages.push(page);
    expect(pages.flatMap(({ records }) => records)).toHaveLength(1);
    expect(pages.at(-1)?.complete).toBe(true);
  });

  test('an address that is no address book is told by check', async () => {
    const stage = await stageOn(server);
    const elsewhere = { ...stage, config: { ...stage.config, url: `${server.url}/${server.user}/none/` } };
    expect(await (await open(elsewhere, server.password)).check()).toMatchObject({
      ok: false,
      problems: [{ code: 'address-book-missing' }],
    });
  });
}
