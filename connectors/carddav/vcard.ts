/** One line of a vCard, unfolded. RFC 6350, section 3.3; vCard 3.0 (RFC 2426) is read alike. */
export interface CardLine {
  /** Upper case, without the group that some programs put in front. */
  readonly name: string;
  /** Names in upper case. */
  readonly parameters: Readonly<Record<string, string>>;
  /** As written, still escaped. */
  readonly value: string;
}

const unescaped = (text: string): string =>
  text.replaceAll(/\\([\\,;:nN])/g, (_, sign: string) => (/n/i.test(sign) ? '\n' : sign));

/** Parts between signs that are not escaped. */
const split = (text: string, sign: ',' | ';'): string[] => {
  const parts = [''];
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at] ?? '';
    if (letter === sign) parts.push('');
    else parts.push(`${parts.pop() ?? ''}${letter}${letter === '\\' ? (text[(at += 1)] ?? '') : ''}`);
  }
  return parts;
};

const unfolded = (text: string): string[] => text.replaceAll(/\r?\n[ \t]/g, '').split(/\r?\n/);

function lineOf(text: string): CardLine | undefined {
  const [, , name = '', given = '', value = ''] = /^([\w-]+\.)?([\w-]+)((?:;(?:"[^"]*"|[^":])*)*):(.*)$/s.exec(text) ?? [];
  if (name === '') return undefined;
  const parameters = given
    .split(';')
    .slice(1)
    .map((one) => {
      const [key = '', ...rest] = one.split('=');
      return rest.length === 0 ? ['TYPE', key] : [key.toUpperCase(), rest.join('=').replaceAll('"', '')]; // vCard 2.1 writes types alone
    });
  return { name: name.toUpperCase(), parameters: Object.fromEntries(parameters) as CardLine['parameters'], value };
}

/** The lines of one vCard; undefined when the text is none. */
export function cardLines(text: string): readonly CardLine[] | undefined {
  const lines = unfolded(text.trim()).map(lineOf);
  const known = lines.filter((line) => line !== undefined);
  const [first] = known;
  const last = known.at(-1);
  const isCard = first?.name === 'BEGIN' && last?.name === 'END' && [first, last].every(({ value }) => /^vcard$/i.test(value));
  return isCard ? known : undefined;
}

/** Values of a property as people read them, the empty ones left out. */
export const textsOf = (lines: readonly CardLine[], name: string): string[] =>
  lines.filter((line) => line.name === name).flatMap(({ value }) => (value.trim() === '' ? [] : [unescaped(value).trim()]));

/** The parts of a structured property (N, ADR, ORG), of its first line. */
export const partsOf = (line: CardLine | undefined): string[] =>
  line === undefined ? [] : split(line.value, ';').map((part) => unescaped(part).trim());

export const categoriesOf = (lines: readonly CardLine[]): string[] =>
  lines.filter(({ name }) => name === 'CATEGORIES').flatMap(({ value }) => split(value, ',').map((one) => unescaped(one).trim()));

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

export const hasCategory = (lines: readonly CardLine[], category: string): boolean =>
  categoriesOf(lines).some((one) => same(one, category));

/** The text of a card with a category, or without; every other line stays as it is. */
export function withCategory(text: string, category: string, wanted: boolean): string {
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const kept = text
    .trimEnd()
    .split(/\r?\n(?![ \t])/)
    .flatMap((folded) => {
      const line = lineOf(unfolded(folded).join(''));
      if (line?.name !== 'CATEGORIES') return [folded];
      const values = split(line.value, ',');
      const left = values.filter((one) => !same(unescaped(one).trim(), category));
      if (left.length === values.length) return [folded];
      return left.length === 0 ? [] : [`CATEGORIES:${left.join(',')}`];
    });
  if (wanted) kept.splice(-1, 0, `CATEGORIES:${category}`);
  return `${kept.join(end)}${end}`;
}
