/** Identifiers of people as bytes in lower case, ready to be looked for. */
export interface Needles {
  readonly emails: ReadonlySet<string>;
  readonly numbers: ReadonlySet<string>;
  readonly names: readonly string[];
}

const asBytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1').toLowerCase();

/** @param emails of domains that end in `.example` */
export const needlesOf = (emails: readonly string[], numbers: readonly string[], names: readonly string[]): Needles => ({
  emails: new Set(emails.map(asBytes)),
  numbers: new Set(numbers.map((number) => number.replaceAll(/\D/g, ''))),
  names: [...new Set(names.map(asBytes))],
});

/** The bytes as they are and percent-decoded, and what runs of base64 and hex in them stand for, at every alignment. */
function readings(bytes: Buffer): string[] {
  const plain = bytes.toString('latin1');
  const base64 = [...plain.matchAll(/[A-Za-z0-9+/_-]{16,}/g)].flatMap(([run]) =>
    [0, 1, 2, 3].map((shift) => Buffer.from(run.slice(shift), 'base64').toString('latin1')),
  );
  const hex = [...plain.matchAll(/[0-9a-fA-F]{16,}/g)].flatMap(([run]) =>
    [0, 1].map((shift) => Buffer.from(run.slice(shift), 'hex').toString('latin1')),
  );
  const percent = plain.replaceAll(/%([0-9a-fA-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  return [plain, percent, base64.join('\n'), hex.join('\n')].map((text) => text.toLowerCase());
}

/** Every identifier that can be read in the bytes: plain, in any case, percent-encoded, in base64 or in hex. Each once. */
export function leaksIn(bytes: Buffer, { emails, numbers, names }: Needles): string[] {
  const found = new Set<string>();
  for (const text of readings(bytes)) {
    for (const [match] of text.matchAll(/[a-z0-9._%+-]+@[a-z0-9.-]+?\.example/g)) {
      for (let start = 0; start < match.indexOf('@'); start += 1)
        if (emails.has(match.slice(start))) found.add(match.slice(start));
    }
    for (const [match] of text.matchAll(/\d{8,}/g)) if (numbers.has(match)) found.add(match);
    for (const name of names) if (text.includes(name)) found.add(name);
  }
  return [...found];
}
