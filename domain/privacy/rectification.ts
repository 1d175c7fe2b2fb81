/** One value that is wrong and what it must be; `old` null where something was missing. */
export interface Correction {
  readonly field: string;
  readonly old: string | null;
  readonly new: string;
}

/** Accents stay: they are often what is wrong. */
const plain = (text: string): string =>
  text
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[\s()./-]+/g, '');

const textsOf = (value: unknown): string[] => {
  if (typeof value === 'string' || typeof value === 'number') return [plain(String(value))];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
};

/**
 * Whether a record as its system holds it is corrected: every new value stands in it and no old one does, whatever the system calls
 * its fields and however it parts telephones.
 * @param held n >= 0 fields, named as the system names them
 */
export function rectified(held: Readonly<Record<string, unknown>>, changes: readonly Correction[]): boolean {
  const texts = textsOf(held);
  const whole = texts.join('\n');
  return changes.every(({ old, new: wanted }) => {
    const oldText = old === null ? '' : plain(old);
    const wantedText = plain(wanted);
    const oldStands =
      oldText !== '' && !wantedText.includes(oldText) && texts.some((text) => text === oldText || text.includes(oldText));
    return whole.includes(wantedText) && !oldStands;
  });
}
