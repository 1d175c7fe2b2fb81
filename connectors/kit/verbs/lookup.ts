import { createHash } from 'node:crypto';
import type { LookupRule } from '../../../schemas/types.ts';
import type { Identifier, RecordRef } from '../contract.ts';
import { isLeftOut } from '../left-out.ts';
import { callOf } from '../request-step.ts';
import { externalIdOf } from '../record-id.ts';
import { textAt, valueAt } from '../value-path.ts';
import { asList, type Opened } from './read-record.ts';

const normalised = (value: string, rule: LookupRule['normalise']): string => {
  switch (rule) {
    case undefined:
      return value;
    case 'lower':
      return value.trim().toLowerCase();
    case 'digits':
      return value.replaceAll(/\D/g, '');
    case 'e164':
      return `+${value.replaceAll(/\D/g, '')}`;
    case 'md5':
      return createHash('md5').update(value.trim().toLowerCase()).digest('hex');
  }
};

const digits = (text: string): string => text.replaceAll(/\D/g, '');

/** Whether the record that a search gave truly carries the identifier: a vendor that drops an unknown filter answers everyone. */
function confirms(item: unknown, { confirm, by }: LookupRule, value: string): boolean {
  if (confirm === undefined) return true;
  const said = asList(valueAt(item, confirm)).flatMap((one) => textAt(one, '.') ?? []);
  if (by === 'phone') return said.some((one) => digits(one) === digits(value));
  return said.some((one) => one.toLowerCase() === value.toLowerCase());
}

/** Every record that carries one of these identifiers, 0..n. */
export async function lookupRecords(
  { manifest, context }: Opened,
  identifiers: readonly Identifier[],
): Promise<readonly RecordRef[]> {
  const found = new Map<string, RecordRef>();
  for (const identifier of identifiers) {
    for (const rule of (manifest.lookup ?? []).filter(({ by }) => by === identifier.kind)) {
      if (isLeftOut(manifest.entities[rule.entity ?? rule.kind] ?? {}, context.config)) continue;
      const scope = { config: context.config, identifier: normalised(identifier.value, rule.normalise) };
      const answer = await context.send({ ...callOf({ ...rule, reads: true }, scope), expect: [404, ...(rule.absent ?? [])] });
      if (answer.status >= 400) continue;
      for (const item of asList(valueAt(answer.body, rule.select ?? '.'))) {
        const id = textAt(item, rule.id);
        if (id === undefined || !confirms(item, rule, identifier.value)) continue;
        const externalId = externalIdOf(manifest.entities[rule.entity ?? rule.kind] ?? {}, id);
        found.set(`${rule.kind}:${externalId}`, { kind: rule.kind, externalId });
      }
    }
  }
  return [...found.values()];
}
