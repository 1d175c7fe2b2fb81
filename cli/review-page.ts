/** One review as GraphQL tells it. */
export interface Review {
  readonly id: string;
  readonly state: string;
  readonly answer: string | null;
  readonly reasonInWords: string;
  readonly clientIds: readonly string[];
  readonly pairs: number;
  readonly records: number;
  readonly priority: number;
  readonly openedAt: string;
  readonly sides: readonly Side[];
  readonly why: readonly Pair[];
}

interface Side {
  readonly recordId: string;
  readonly clientId: string;
  readonly linkedSystemId: string;
  readonly externalId: string;
  readonly fields: readonly { readonly field: string; readonly value: string }[];
}

/** A compared pair with its reasons. */
export interface Pair {
  readonly one: string;
  readonly other: string;
  readonly outcome: string;
  readonly ruleInWords: string;
  readonly reasons: readonly { readonly speaks: string; readonly words: string; readonly weight: number | null }[];
}

/** The fields of a pair, to be asked for. */
export const pairFields = 'one other outcome ruleInWords reasons { speaks words weight }';

/** The fields of a review, to be asked for. */
export const reviewFields = `id state answer reasonInWords clientIds pairs records priority openedAt
  sides { recordId clientId linkedSystemId externalId fields { field value } } why { ${pairFields} }`;

const signs: Readonly<Record<string, string>> = { for: '+', against: '-' };

/** The reasons of a pair, one a line: `+` speaks for one client, `-` against. */
export const reasonLines = ({ reasons }: Pick<Pair, 'reasons'>): string[] =>
  reasons.map(({ speaks, words, weight }) => {
    const bits = weight === null ? '' : `  (${weight > 0 ? '+' : ''}${weight.toFixed(1)} bits)`;
    return `  ${signs[speaks] ?? '.'} ${words}${bits}`;
  });

/** The values that a side holds for a field, each once. */
function valuesOf(sides: readonly Side[], clientId: string | undefined, field: string): string {
  const values = sides
    .filter((side) => side.clientId === clientId)
    .flatMap(({ fields }) => fields.filter((one) => one.field === field).map(({ value }) => value));
  return [...new Set(values)].join(' | ');
}

const widest = 44;
const cut = (text: string): string => (text.length > widest ? `${text.slice(0, widest - 1)}…` : text);

/** The page on which a person decides: both sides field by field, then the reasons. */
export function reviewPage({ id, reasonInWords, clientIds, pairs, sides, why }: Review): string[] {
  const [one, other] = clientIds;
  const fields = [...new Set(sides.flatMap((side) => side.fields.map(({ field }) => field)))];
  const names = (clientId: string | undefined) =>
    sides
      .filter((side) => side.clientId === clientId)
      .map((side) => `${side.linkedSystemId}:${side.externalId}`)
      .join(' ');
  const rows = [
    ['records', names(one), names(other)],
    ...fields.map((field) => [field, valuesOf(sides, one, field), valuesOf(sides, other, field)]),
  ];
  const wide = Math.max(...rows.map(([field = '']) => field.length));
  const [best] = why;
  return [
    `${id}   ${reasonInWords}${pairs > 1 ? `   (${pairs} pairs, one answer)` : ''}`,
    '',
    ...rows.map(([field = '', left = '', right = '']) =>
      `  ${field.padEnd(wide)}  ${cut(left).padEnd(widest)}  ${left === right ? '=' : ' '} ${cut(right)}`.trimEnd(),
    ),
    '',
    ...(best === undefined ? [] : reasonLines(best)),
  ];
}
