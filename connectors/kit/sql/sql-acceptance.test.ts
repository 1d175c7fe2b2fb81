import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, vi } from 'vitest';
import { describeConnector } from '../../../test/acceptance/describe-connector.ts';
import type { Stage } from '../../../test/acceptance/stage.ts';
import { dumpOf, manifestFor, type SqlShop, sqlShops } from '../../../test/support/sql-shops.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { twinClock } from '../../../test/twins/kit/twin-clock.ts';

vi.setConfig({ hookTimeout: 600_000 });

const shops = await sqlShops(temporaryFolder);
afterAll(() => Promise.all(shops.map(([, shop]) => shop.stop())));

/** The shop of the how-to, emptied, with its owner's hand on it. */
async function stageOn(shop: SqlShop): Promise<Stage> {
  await shop.sql(...['note', 'orders', 'customer', 'deleted_customer'].map((table) => `delete from ${table}`));
  const clock = twinClock();
  let last = 0;
  let changes = 0;
  let deaf = false;
  let known: string | undefined;
  const look = async (): Promise<number> => {
    const now = await dumpOf(shop);
    if (known !== undefined && now !== known) changes += 1;
    known = now;
    return changes;
  };
  /** The owner's own change is none of the connector's. */
  const byHand = async (...statements: readonly string[]): Promise<void> => {
    const looked = known !== undefined;
    if (looked) await look();
    await shop.sql(...statements);
    if (looked) known = await dumpOf(shop);
  };
  const next = (): number => (last += 1);
  const stamp = (): string => clock.stamp().slice(0, -1).replace('T', ' ');
  const found = async (text: string): Promise<boolean> => (await shop.rows(text)).length > 0;
  return {
    twin: {
      clock,
      changes: look,
      stop: async () => {
        if (deaf) await shop.sql(shop.hearAgain);
      },
    },
    config: shop.config,
    secrets: shop.password === '' ? {} : { password: shop.password },
    letsAnyoneIn: shop.letsAnyoneIn,
    stream: 'person',
    pageSize: 500,
    addPerson: async ({ givenName, familyName, email }) => {
      const id = next();
      const texts = [givenName, familyName, email].map((text) => `'${text.replaceAll("'", "''")}'`).join(', ');
      await byHand(`insert into customer values (${id}, ${texts}, null, null, '${stamp()}')`);
      return String(id);
    },
    changePerson: (id, { givenName }) =>
      byHand(`update customer set first_name = '${givenName}', updated_at = '${stamp()}' where id = ${id}`),
    removePerson: (id) => byHand(`delete from customer where id = ${id}`, `insert into deleted_customer values (${id})`),
    holds: async (id) =>
      (await found(`select id from customer where id = ${id} and first_name <> 'erased'`)) ||
      (await found(`select id from note where customer_id = ${id}`)),
    isOptedOut: (id) => found(`select id from customer where id = ${id} and newsletter = 'no'`),
    optOut: (id) => byHand(`update customer set newsletter = 'no', updated_at = '${stamp()}' where id = ${id}`),
    refuseSilently: async () => {
      await byHand(...shop.deafTrigger);
      deaf = true;
    },
    addText: async (id, text) => {
      const note = next();
      await byHand(`insert into note values (${note}, ${id}, '${text}', '2026-02-02 10:00:00')`);
      return { kind: 'interaction', externalId: `note-${note}` };
    },
    textOf: async ({ externalId }) => {
      const [row] = await shop.rows(`select body from note where id = ${externalId.slice('note-'.length)}`);
      return String(row?.['body']);
    },
    addKept: async (id) => {
      const order = next();
      await byHand(`insert into orders values (${order}, ${id}, 1995, '2026-02-02 10:00:00')`);
      return { kind: 'sale', externalId: `order-${order}` };
    },
    addChildren: async (id, count) => {
      for (let made = 0; made < count; made += 1)
        await byHand(`insert into note values (${next()}, ${id}, 'Called.', '2026-02-02 10:00:00')`);
    },
  };
}

for (const [title, shop] of shops) {
  const name = `sql-${title.toLowerCase()}`;
  const own = temporaryFolder();
  mkdirSync(join(own, name));
  writeFileSync(join(own, name, 'manifest.yaml'), manifestFor(shop, ['name: shop', `name: ${name}`]));
  writeFileSync(join(own, name, 'README.md'), '# The shop of the how-to\n');
  describeConnector(name, () => stageOn(shop), { own });
}
