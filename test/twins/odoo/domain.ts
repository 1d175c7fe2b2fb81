/** One row of a model; `false` stands for an empty text, as in Odoo. */
export type Row = Readonly<Record<string, unknown>>;

type Term = readonly [field: string, operator: string, value: unknown];

const isTerm = (part: unknown): part is Term => Array.isArray(part) && part.length === 3;

/** A many2one holds its id and its name; a domain compares the id. */
const plain = (value: unknown): unknown => (Array.isArray(value) ? (value as readonly unknown[])[0] : value);

const meets = (row: Row, [field, operator, value]: Term): boolean => {
  const has = plain(row[field]) ?? false;
  switch (operator) {
    case '=':
      return has === (value ?? false);
    case '!=':
      return has !== (value ?? false);
    case 'in':
      if (field.endsWith('_ids'))
        return (row[field] as readonly unknown[]).some((one) => (value as readonly unknown[]).includes(one)); // a many2many
      return Array.isArray(value) && value.includes(has);
    case '>':
      return has !== false && (has as number) > (value as number);
    case '<':
      return has !== false && (has as number) < (value as number);
    case '>=':
      return typeof has === 'string' && has >= String(value);
    default:
      throw new Error(`operator ${operator}`);
  }
};

/** Whether a row is in a domain: terms in prefix notation, joined by "and" where nothing else is said. */
export function inDomain(row: Row, domain: readonly unknown[]): boolean {
  const rest = [...domain];
  const next = (): boolean => {
    const part = rest.shift();
    if (part === '|' || part === '&') {
      const [one, other] = [next(), next()];
      return part === '|' ? one || other : one && other;
    }
    if (part === '!') return !next();
    if (isTerm(part)) return meets(row, part);
    throw new Error('domain');
  };
  let all = true;
  while (rest.length > 0) all = next() && all;
  return all;
}
