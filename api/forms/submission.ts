import { createHash, randomUUID } from 'node:crypto';
import { assertSayable, needsConfirmation } from '../../domain/consent/consent-policy.ts';
import { FichaError } from '../../domain/record/error.ts';
import { normaliseEmail } from '../../domain/record/normalise/email.ts';
import { normalisePhone } from '../../domain/record/normalise/phone.ts';
import type { SourceRecordDraft } from '../../domain/record/source-record.ts';
import type { KeyRing } from '../../platform/keys.ts';
import type { ConsentPolicy } from '../../schemas/types.ts';
import type { WebhookEvent } from '../../store/write/webhook-events.ts';

/** Fields of the form and how long each may be; others are not read. */
export const formFields = { name: 200, email: 320, phone: 64, message: 20_000, consent_text: 100, language: 2 } as const;
type Field = keyof typeof formFields;

/** A field that no person sees: who fills it in is none. */
export const trap = 'website';

export type Typed = Readonly<Record<Field | 'consent' | typeof trap, string>>;

/** What is wrong with a form that a person can put right. */
export type Wrong = 'unreachable' | 'too-long' | 'nothing-said';

export function wrongIn(typed: Typed): Wrong | undefined {
  for (const [field, most] of Object.entries(formFields)) if (typed[field as Field].length > most) return 'too-long';
  const reachable = normaliseEmail(typed.email) !== undefined || normalisePhone(typed.phone, 'ES') !== undefined;
  if (!reachable) return 'unreachable';
  return typed.message === '' && typed.consent === '' && typed.name === '' ? 'nothing-said' : undefined;
}

export interface FormFacts {
  readonly systemId: string;
  readonly purpose: string;
  readonly policy: ConsentPolicy;
  readonly at: Date;
}

type Received = NonNullable<WebhookEvent['received']>;

const present = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== '' && value !== undefined));

/** One person a form: the same address is the same record. */
const personId = (keys: KeyRing, { email, phone }: Typed, systemId: string): string => {
  const known = normaliseEmail(email)?.value ?? normalisePhone(phone, 'ES')?.value ?? '';
  return keys.mac('record', `${systemId}/form/${known}`).toString('hex').slice(0, 32);
};

/** What the tick says, with its proof; kept aside when the policy does not know the purpose or the text that was shown. */
function consentOf(
  typed: Typed,
  facts: FormFacts,
  clientExternalId: string,
  submission: string,
): Omit<Received, 'stream' | 'partial'> {
  const { purpose, policy, systemId, at } = facts;
  const { consent_text: textVersion, language } = typed;
  const said = { purpose, channel: 'email' as const, answer: 'granted' as const, ...(textVersion === '' ? {} : { textVersion }) };
  const raw = present({ consent: typed.consent, consent_text: textVersion, language, submission });
  try {
    if (textVersion === '')
      throw new FichaError('text-version-missing', 'the form sends no consent_text: which text was ticked?');
    assertSayable(policy, said);
  } catch (error) {
    if (!(error instanceof FichaError)) throw error;
    return { records: [], rejected: [{ externalId: submission, reasonCode: error.code, reason: error.message, raw }] };
  }
  const answer = needsConfirmation(policy, said) ? 'pending' : 'granted';
  const proof = { how: 'web form', evidence: `${systemId}, submission ${submission}` };
  const canonical = present({ clientExternalId, ...said, answer, at: at.toISOString(), atKnown: true, language, ...proof });
  return { records: [{ kind: 'consent', externalId: submission, raw, canonical }], rejected: [] };
}

/** The events that one form is: the person, the message, and what the tick said. The same form within an hour is one. */
export function eventsOf(keys: KeyRing, typed: Typed, facts: FormFacts): readonly WebhookEvent[] {
  const { systemId } = facts;
  const at = facts.at.toISOString();
  const person = personId(keys, typed, systemId);
  const hour = at.slice(0, 13);
  const id = createHash('sha256')
    .update(JSON.stringify([systemId, hour, typed]))
    .digest('hex');
  const submission = randomUUID();
  const { name, email, phone, message, language } = typed;
  const event = (stream: 'person' | 'interaction' | 'consent', made: Omit<Received, 'stream' | 'partial'>): WebhookEvent => ({
    id: `${id}#${stream}`,
    kind: 'record',
    at,
    ref: null,
    received: { stream, partial: stream === 'person', ...made },
  });
  const one = (draft: SourceRecordDraft): Omit<Received, 'stream' | 'partial'> => ({ records: [draft], rejected: [] });
  const fields = { fullName: name, emails: email === '' ? undefined : [email], phones: phone === '' ? undefined : [phone] };
  const said = { interactionKind: 'message', direction: 'in', channel: 'web form', at, text: message };
  return [
    event('person', {
      ...one({
        kind: 'person',
        externalId: person,
        raw: present({ name, email, phone, language }),
        canonical: present({ ...fields, acquisitionSource: 'web form' }),
        changedAt: at,
      }),
    }),
    ...(message === ''
      ? []
      : [
          event(
            'interaction',
            one({
              kind: 'interaction',
              externalId: submission,
              raw: present({ message, submission }),
              canonical: { clientExternalId: person, ...said },
              changedAt: at,
            }),
          ),
        ]),
    ...(typed.consent === '' ? [] : [event('consent', consentOf(typed, facts, person, submission))]),
  ];
}
