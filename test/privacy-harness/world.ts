import { clientOf, linkSystem, ownedIn, personIn, type Somebody, storeOwned, storePerson } from '../support/privacy-world.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { SmallSystem } from '../support/small-system.ts';
import { Random } from './random.ts';

export const systemIds = ['crm', 'erp', 'helpdesk', 'mailer', 'sheet', 'tickets'] as const;

/** Somebody to erase, or somebody who must not be touched. */
export interface Figure {
  readonly clientId: string;
  /** Texts that are theirs alone: addresses of every identity. */
  readonly texts: readonly string[];
  /** `system/kind:id` of every record that is theirs and no law keeps. */
  readonly records: readonly string[];
}

/** Six systems with ledgers of their own, and Ficha that knows a part of what is in them. */
export interface World {
  readonly database: TestDatabase;
  readonly systems: ReadonlyMap<string, SmallSystem>;
  readonly subjects: readonly Figure[];
  readonly bystanders: readonly Figure[];
}

const given = ['Ana', 'José', 'Lucía', 'Marco', 'Élodie', 'Pilar'] as const;
const family = ['Quijano', 'Muñoz', 'Rossi', 'Durand', 'Sainz', 'Bianchi'] as const;

/** One person of 1 to 4 identities and 1 to 8 records over the systems; at least one record of each identity is known to Ficha. */
async function settle(
  world: Omit<World, 'subjects' | 'bystanders'>,
  random: Random,
  name: string,
  phone: string,
): Promise<Figure> {
  const who: Somebody = {
    given: random.oneOf(given),
    family: `${random.oneOf(family)} ${random.oneOf(family)}`,
    email: `${name}.0@example.org`,
    phone,
  };
  const clientId = await clientOf(world.database.worker, who);
  const identities = random.between(1, 4);
  const records: string[] = [];
  const place = async (identity: number, known: boolean): Promise<void> => {
    const systemId = random.oneOf(systemIds);
    const id = `${name}-${records.length}`;
    const alias = { ...who, email: `${name}.${identity}@example.org` };
    world.systems.get(systemId)?.put(personIn(id, alias));
    if (known) await storePerson(world.database.worker, clientId, systemId, id, alias);
    records.push(`${systemId}/person:${id}`);
    if (!known || random.next() < 0.5) return;
    world.systems.get(systemId)?.put(ownedIn('interaction', `n-${id}`, { text: `call of ${alias.email}` }));
    const owned = { systemId, kind: 'interaction', externalId: `n-${id}`, ownerId: id } as const;
    await storeOwned(world.database.worker, clientId, {
      ...owned,
      canonical: { at: '2025-01-01T00:00:00.000Z', subject: 'call' },
    });
    records.push(`${systemId}/interaction:n-${id}`);
  };
  for (let identity = 0; identity < identities; identity += 1) await place(identity, true);
  for (let more = random.between(0, 3); more > 0; more -= 1) await place(random.between(0, identities - 1), false);
  const texts = Array.from({ length: identities }, (_, identity) => `${name}.${identity}@example.org`);
  return { clientId, texts, records };
}

/**
 * Makes a world from a seed: the same seed gives the same one. Every fifth bystander shares a telephone with a subject.
 * @param people how many to erase, and as many bystanders
 * @param given a database in place of one of the shared server
 */
export async function makeWorld(seed: number, people: number, given?: TestDatabase): Promise<World> {
  const random = new Random(seed);
  const database = given ?? (await testDatabase());
  const systems = new Map(systemIds.map((systemId) => [systemId as string, new SmallSystem(systemId, [])]));
  for (const systemId of systemIds) await linkSystem(database.worker, systemId);
  const ground = { database, systems };
  const phoneOf = (index: number): string => `+346${String(seed % 1000).padStart(3, '0')}${String(index).padStart(5, '0')}`;
  const subjects: Figure[] = [];
  const bystanders: Figure[] = [];
  for (let index = 0; index < people; index += 1) {
    subjects.push(await settle(ground, random, `subject${seed}x${index}`, phoneOf(index)));
    const phone = index % 5 === 0 ? phoneOf(index) : phoneOf(index + 50_000);
    bystanders.push(await settle(ground, random, `other${seed}x${index}`, phone));
  }
  return { ...ground, subjects, bystanders };
}
