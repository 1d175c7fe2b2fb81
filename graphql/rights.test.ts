import { getNamedType, type GraphQLField, type GraphQLObjectType, isInputObjectType, isObjectType } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Category, categories, mayReadCategory } from '../domain/access/category.ts';
import { roles, type Role } from '../domain/access/role.ts';
import { clientShape, connectionShape } from '../store/read/ficha/client.ts';
import type { Shape } from '../store/read/ficha/shape.ts';
import { people, seedPeople } from '../test/support/read-people.ts';
import { type ReadScene, readScene } from '../test/support/read-scene.ts';
import { schema } from './schema.ts';

let scene: ReadScene;
beforeAll(async () => {
  scene = await readScene();
  await seedPeople(scene.database.worker);
});
afterAll(() => scene.stop());

/** Every shape that a client leads to, by name, with the way there from `Client`. */
function shapes(): Map<string, { readonly shape: Shape; readonly way: readonly string[] }> {
  const found = new Map<string, { readonly shape: Shape; readonly way: readonly string[] }>();
  const walk = (shape: Shape, way: readonly string[]): void => {
    if (found.has(shape.name)) return;
    found.set(shape.name, { shape, way });
    for (const [name, field] of Object.entries(shape.fields)) if (field.kind !== 'value') walk(field.shape(), [...way, name]);
  };
  walk(clientShape, []);
  walk(connectionShape, []);
  return found;
}

const fieldsOf = (name: string): readonly GraphQLField<unknown, unknown>[] =>
  Object.values((schema.getType(name) as GraphQLObjectType).getFields());

test('every field of the schema that clients lead to is mapped to SQL, and nothing is mapped that the schema does not show', () => {
  for (const [name, { shape }] of shapes()) {
    expect(Object.keys(shape.fields).sort(), name).toEqual(
      fieldsOf(name)
        .map((field) => field.name)
        .sort(),
    );
  }
});

test('every type, field, argument and input says what it is', () => {
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__') || ['String', 'Int', 'Float', 'Boolean', 'ID'].includes(type.name)) continue;
    expect(type.description, type.name).toBeTruthy();
    if (!isObjectType(type) && !isInputObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      expect(field.description, `${type.name}.${field.name}`).toBeTruthy();
      for (const arg of 'args' in field ? field.args : [])
        expect(arg.description, `${type.name}.${field.name}(${arg.name})`).toBeTruthy();
    }
  }
});

/** One question for one field, through every object on its way. */
function questionFor(way: readonly string[], field: GraphQLField<unknown, unknown>): string {
  const below = getNamedType(field.type);
  const leaf = isObjectType(below) ? `${field.name} { __typename }` : field.name;
  const inside = way.reduceRight((text, name) => `${name} { ${text} }`, leaf);
  return `{ client(id: "${people.ana}") { ${inside} } }`;
}

/** Categories that must be read for a field: its own, and those of what leads to it. */
function categoriesOf(way: readonly string[], name: string): Category[] {
  const needed: Category[] = [];
  let shape: Shape = clientShape;
  for (const step of [...way, name]) {
    const field = shape.fields[step];
    if (field?.category && !(field.kind === 'value' && field.masked)) needed.push(field.category);
    if (field && field.kind !== 'value') shape = field.shape();
  }
  return needed;
}

const clientTypes = [...shapes()].filter(([name]) => !/^Client(Connection|Edge|PageInfo)$/.test(name));

test.each(roles)(
  '%s reads exactly the fields whose categories are theirs, and is told which one is not',
  async (role) => {
    let asked = 0;
    for (const [name, { way }] of clientTypes) {
      for (const field of fieldsOf(name)) {
        const allowed =
          role !== 'analyst' && categoriesOf(way, field.name).every((one) => mayReadCategory({ roles: [role] }, one));
        const answer = await scene.ask(role, questionFor(way, field));
        const what = `${role} ${name}.${field.name}`;
        asked += 1;
        if (allowed) expect(answer.errors, what).toBeUndefined();
        else {
          expect(answer.errors?.[0]?.extensions?.['code'], what).toBe('not-allowed');
          expect(answer.data?.['client'] ?? null, what).toBeNull();
        }
      }
    }
    expect(asked).toBeGreaterThan(100);
  },
  60_000,
);

/** Who may read which field of the root. Another line here is a decision about people. */
const rootRights: Readonly<Record<string, readonly Role[]>> = {
  client: ['data-team', 'dpo', 'front-office'],
  clients: ['data-team', 'dpo', 'front-office'],
  privacyRequest: ['dpo'],
  privacyRequests: ['dpo'],
  linkedSystems: ['data-team', 'dpo'],
  syncRuns: ['data-team', 'dpo'],
  overview: ['data-team', 'dpo'],
  rejectedRecords: ['data-team', 'dpo'],
  flagCounts: ['data-team', 'dpo'],
  auditEntries: ['dpo'],
  looks: ['dpo'],
  dataMap: ['dpo'],
  processing: ['dpo'],
  processingRecord: ['dpo'],
};

test.each(Object.entries(rootRights))('the root field %s answers %s and nobody else', async (name, allowed) => {
  const args: Readonly<Record<string, string>> = {
    client: `(id: "${people.ana}")`,
    privacyRequest: `(id: "${people.ana}")`,
    looks: `(clientId: "${people.ana}")`,
  };
  for (const role of roles) {
    const answer = await scene.ask(role, `{ ${name}${args[name] ?? ''} { __typename } }`);
    if (allowed.includes(role)) expect(answer.errors, role).toBeUndefined();
    else expect(answer.errors?.[0]?.extensions?.['code'], role).toBe('not-allowed');
  }
});

test('an analyst reads metrics and no other field of the root', async () => {
  const root = schema.getQueryType()?.getFields() ?? {};
  for (const field of Object.values(root)) {
    const required = field.args.filter(({ type }) => String(type).endsWith('!'));
    if (/metric/i.test(field.name) || required.some(({ type }) => !/^(ID|String)!$/.test(String(type)))) continue;
    const args = required.length === 0 ? '' : `(${required.map(({ name }) => `${name}: "${people.ana}"`).join(', ')})`;
    const below = isObjectType(getNamedType(field.type)) ? ' { __typename }' : '';
    const answer = await scene.ask('analyst', `{ ${field.name}${args}${below} }`);
    expect(answer.errors?.[0]?.extensions?.['code'], field.name).toBe('not-allowed');
  }
});

test('special categories need an explicit grant, and a grant alone opens nothing', () => {
  for (const role of roles) expect(mayReadCategory({ roles: [role] }, 'special')).toBe(false);
  expect(mayReadCategory({ roles: ['front-office'], grants: ['grant:special'] }, 'special')).toBe(true);
  expect(mayReadCategory({ roles: ['analyst'], grants: ['grant:special'] }, 'special')).toBe(false);
  for (const category of categories) expect(mayReadCategory({ roles: [], grants: ['grant:special'] }, category)).toBe(false);
});

test('a token with the grant reads the notes; the front office sees the end of a tax id', async () => {
  const query = `{ client(id: "${people.ana}") { notes } }`;
  expect((await scene.ask(['front-office', 'grant:special'], query)).data).toEqual({ client: { notes: 'prefers the morning' } });
  const taxId = `{ client(id: "${people.ana}") { taxId provenance { field value losing { value } } } }`;
  const shown = await scene.ask('front-office', taxId);
  expect(shown.data?.['client']).toMatchObject({ taxId: '•••78Z' });
  expect(shown.text).not.toMatch(/12345678Z|1980-05-17|prefers/);
  const values = { taxId: '12345678Z', birthDate: '1980-05-17', notes: 'prefers the morning' };
  const toldTo = async (reader: readonly string[]) => {
    const told = (await scene.ask(reader, taxId)).data?.['client'] as {
      readonly provenance: readonly { readonly field: string }[];
    };
    return told.provenance.filter(({ field }) => Object.hasOwn(values, field));
  };
  const origin = (field: keyof typeof values, may: boolean) => ({
    field,
    value: may ? values[field] : null,
    losing: may ? [{ value: 'another' }] : [],
  });
  expect(await toldTo(['dpo'])).toEqual([origin('birthDate', true), origin('notes', false), origin('taxId', true)]);
  expect(await toldTo(['front-office', 'grant:special'])).toEqual([
    origin('birthDate', false),
    origin('notes', true),
    origin('taxId', false),
  ]);
  expect((await scene.ask('dpo', `{ client(id: "${people.ana}") { taxId } }`)).data).toEqual({ client: { taxId: '12345678Z' } });
});
