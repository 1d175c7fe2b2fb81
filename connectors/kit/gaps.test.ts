import { expect, test } from 'vitest';
import { capabilitiesOf } from './connector.ts';
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
