import type { CertifiedSystem, ErasureCertificate } from '../../schemas/types.ts';
import words from './certificate-words.json' with { type: 'json' };

/** Languages in which a certificate can be read. */
export const pageLanguages = ['es', 'it', 'fr', 'en'] as const;
export type PageLanguage = (typeof pageLanguages)[number];

type Words = (typeof words)[PageLanguage];

/** What became of one linked system, in words. */
export interface ContentRow {
  readonly systemId: string;
  readonly located: number;
  readonly done: readonly string[];
  readonly kept: readonly string[];
}

/** What a certificate says, in words of one language, whatever it is shown as. */
export interface CertificateContent {
  readonly title: string;
  readonly law: string;
  readonly outcome: string;
  readonly facts: readonly (readonly [string, string])[];
  readonly head: readonly [string, string, string, string];
  readonly rows: readonly ContentRow[];
  /** Text, and the fingerprint that follows it. */
  readonly proofs: readonly (readonly [string, string])[];
  readonly check: string;
  readonly none: string;
}

/** A word of the list, or the code itself where a newer Ficha wrote one that this one does not know. */
const word = (list: Readonly<Record<string, string>>, code: string): string => list[code] ?? code;

const rowOf = (text: Words, { systemId, located, actions, kept }: CertifiedSystem): ContentRow => {
  const done = Object.entries(actions).map(([pair, count]) => {
    const [action = '', state = ''] = pair.split('/');
    return `${count} × ${word(text.action, action)}: ${word(text.state, state)}`;
  });
  const held = kept.map(
    ({ kind, count, until, legalBasis }) => `${count} × ${word(text.kind, kind)}, ${text.until} ${until}. ${legalBasis}`,
  );
  const orNothing = (lines: readonly string[]): readonly string[] => (lines.length === 0 ? [text.nothing] : lines);
  return { systemId, located, done: orNothing(done), kept: orNothing(held) };
};

/** Says what the signed JSON says and nothing else, so it holds no personal data; the JSON is what is verified. */
export function certificateContent({ body, signature }: ErasureCertificate, language: PageLanguage): CertificateContent {
  const text = words[language];
  return {
    title: word(text.title, body.type),
    law: word(text.law, body.type),
    outcome: word(text.outcome, body.outcome),
    facts: [
      [text.request, body.requestId],
      [text.received, body.receivedAt.slice(0, 10)],
      [text.due, body.dueAt.slice(0, 10)],
      [text.closed, body.closedAt.slice(0, 10)],
    ],
    head: [text.system, text.located, text.done, text.kept],
    rows: body.systems.map((system) => rowOf(text, system)),
    proofs: [
      [`${text.proof}: ${body.evidence.count} ${text.pieces}`, body.evidence.digest],
      [`${text.plan}:`, body.planHash],
      [`${text.signed} ${signature.keyId}:`, signature.value],
    ],
    check: text.check,
    none: text.none,
  };
}
