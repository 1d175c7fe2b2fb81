import { expect, test } from 'vitest';
import { capabilitiesOf } from './connector.ts';
import { kindsOf } from './entity-kinds.ts';
import { connectorFolders, manifestIn, ours } from './registry.ts';

const names = connectorFolders(ours);

test('there are connectors to look at', () => {
  expect(names.length).toBeGreaterThanOrEqual(23);
});

test.each(names)('%s: what it cannot do is declared, with what a person does instead', (name) => {
  const manifest = manifestIn(ours, name, 'connectors');
  if (manifest.keepsNothing === true) return; // Ficha's copy is the only one
  const { gaps = [], keeps = [], kinds, webhook, ...can } = capabilitiesOf(manifest);
  const stays = keeps.length > 0 || kinds.includes('interaction');
  const verbs = {
    lookup: can.lookup,
    suppress: can.suppress,
    erase: can.erase,
    redact: can.redact || !stays,
    export: can.export,
    verify: can.verify,
    webhook: webhook === true,
  };
  const silent = Object.entries(verbs).filter(([verb, able]) => !able && !gaps.some((gap) => gap.verb === verb));
  expect(silent.map(([verb]) => verb)).toEqual([]);
});

test.each(names)('%s: each record of a person that it lists can go and be looked for, or is kept on a basis', (name) => {
  const { entities, erase = {}, verify = {}, keep = [], hooks = [], keepsNothing } = manifestIn(ours, name, 'connectors');
  if (keepsNothing === true || hooks.includes('erase')) return; // by no call, or by code
  const left = Object.entries(entities).flatMap(([stream, entity]) =>
    kindsOf(stream, entity)
      .filter((kind) => kind !== 'company' && !keep.some((rule) => rule.kind === kind))
      .filter((kind) => (erase[stream] ?? erase[kind]) === undefined || (verify[stream] ?? verify[kind]) === undefined)
      .map((kind) => `${stream} (${kind})`),
  );
  expect(left).toEqual([]);
});
