import words from './notice-words.json' with { type: 'json' };

/** Languages in which people are written to. */
export const noticeLanguages = ['es', 'it', 'fr', 'en'] as const;
export type NoticeLanguage = (typeof noticeLanguages)[number];

/** What the person is told: it came, it takes longer, it is refused, it is done, a restriction will be lifted. */
export const noticeKinds = ['receipt', 'extension', 'refusal', 'completion', 'lifting'] as const;
export type NoticeKind = (typeof noticeKinds)[number];

export interface NoticeFacts {
  readonly reference: string;
  readonly type: keyof (typeof words)['en']['type'];
  /** ISO 8601 UTC. */
  readonly receivedAt: string;
  readonly dueAt: string;
  /** The deadline once extended. */
  readonly extendedTo: string;
  readonly closedAt: string | null;
  readonly outcome: keyof (typeof words)['en']['outcome'] | null;
  /** How to complain, from the controller's policy. */
  readonly complaint: string;
}

const byCountry: Readonly<Record<string, NoticeLanguage>> = { ES: 'es', IT: 'it', FR: 'fr' };

/** The person's own language where Ficha writes it, else that of the country, else English. */
export const noticeLanguage = (language: string | null, country: string | null): NoticeLanguage =>
  noticeLanguages.find((one) => one === language?.slice(0, 2).toLowerCase()) ?? byCountry[country ?? ''] ?? 'en';

/**
 * The letter to the person, as text to send. It names nobody: whoever sends it knows to whom. A refusal or an extension leaves its reason
 * to be written, and says how to complain and to whom.
 * @see GDPR art. 12(3) (within a month; reasons for an extension), 12(4) (reasons of a refusal, complaint, judicial remedy)
 *      18(3) (before a restriction is lifted)
 */
export function noticeText(kind: NoticeKind, language: NoticeLanguage, facts: NoticeFacts): string {
  const text = words[language];
  const day = (iso: string | null): string =>
    iso === null ? '' : new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(iso));
  const values: Readonly<Record<string, string>> = {
    reference: facts.reference,
    type: text.type[facts.type],
    received: day(facts.receivedAt),
    due: day(facts.dueAt),
    extended: day(facts.extendedTo),
    closed: day(facts.closedAt),
    outcome: facts.outcome === null ? '' : text.outcome[facts.outcome],
  };
  const body = text[kind].replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
  const rights = kind === 'refusal' || kind === 'extension' ? [text.reason, ''] : [];
  const remedy =
    kind === 'refusal'
      ? [`${facts.complaint} ${text.judge}`, '']
      : kind === 'extension' || kind === 'lifting'
        ? [facts.complaint, '']
        : [];
  return [text.greeting, '', body, '', ...rights, ...remedy].join('\n');
}

/** What stands above the notice that a restriction will be lifted, in a mail. */
export const noticeSubject = (language: NoticeLanguage): string => words[language].liftingSubject;
