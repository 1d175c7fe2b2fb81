import type { RecordKind } from '../../domain/record/source-record.ts';
import company from '../../schemas/record/company.schema.json' with { type: 'json' };
import consent from '../../schemas/record/consent.schema.json' with { type: 'json' };
import document from '../../schemas/record/document.schema.json' with { type: 'json' };
import interaction from '../../schemas/record/interaction.schema.json' with { type: 'json' };
import person from '../../schemas/record/person.schema.json' with { type: 'json' };
import sale from '../../schemas/record/sale.schema.json' with { type: 'json' };

const schemas: Readonly<Record<RecordKind, { readonly properties: Readonly<Record<string, object>> }>> = {
  person,
  company,
  sale,
  interaction,
  consent,
  document,
};

/** The fields of one kind of canonical record, in the order of its schema. */
export const canonicalFields = (kind: RecordKind): readonly string[] => Object.keys(schemas[kind].properties);

/** Whether a field of a canonical record holds several values. */
export function holdsSeveral(kind: RecordKind, field: string): boolean {
  const property = schemas[kind].properties[field];
  return property !== undefined && 'type' in property && property.type === 'array';
}
