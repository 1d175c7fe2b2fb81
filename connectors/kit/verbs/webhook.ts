import { createHash } from 'node:crypto';
import { FichaError } from '../../../domain/record/error.ts';
import type { FieldMap, WebhookRule } from '../../../schemas/types.ts';
import { parsedBody } from '../answer-body.ts';
import type { ConsentReading } from '../contract.ts';
import type { InboundEvent, InboundRequest, Received } from '../inbound.ts';
import { kindsOf } from '../entity-kinds.ts';
import { sourceValue } from '../map-record.ts';
import { draftsOf } from '../record-drafts.ts';
import { externalIdOf } from '../record-id.ts';
import { filledValue } from '../template.ts';
import { textAt, valueAt } from '../value-path.ts';
import { Unreadable } from '../value-transforms.ts';
import { asList, type Opened } from './read-record.ts';
import { signatureRefusal } from './webhook-signature.ts';

type EventRule = WebhookRule['events'][number];

const mostBytes = 2 * 1024 * 1024;
const mostEvents = 5_000;

/** A form body as an object: `data[email]` becomes `data.email`. */
function formOf(text: string): Readonly<Record<string, unknown>> {
  const root: Record<string, unknown> = Object.create(null) as Record<string, unknown>; // a key may be named __proto__
  for (const [name, value] of new URLSearchParams(text)) {
    const parts = name.split(/[[\]]+/).filter((part) => part !== '');
    let here = root;
    for (const part of parts.slice(0, -1).slice(0, 8)) {
      const inner = here[part];
      const next =
        typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : (Object.create(null) as typeof root);
      here[part] = next;
      here = next;
    }
    here[parts.at(-1) ?? name] = value;
  }
  return root;
}

const timeOf = (event: unknown, at: FieldMap[string] | undefined): string | null => {
  if (at === undefined) return null;
  try {
    const value = sourceValue(event, typeof at === 'string' ? { from: at, as: 'date-time' } : at);
    return typeof value === 'string' ? value : null;
  } catch (error) {
    if (error instanceof Unreadable) return null;
    throw error;
  }
};

const fits = (event: unknown, when: EventRule['when']): boolean =>
  Object.entries(when).every(([path, value]) => (valueAt(event, path) ?? null) === value);

function consentIn(event: unknown, rule: EventRule['consent']): ConsentReading | undefined {
  if (rule === undefined) return undefined;
  const { channel, purpose, read, values = {} } = rule;
  const answer = read === undefined ? rule.answer : values[textAt(event, read) ?? ''];
  return answer === undefined ? undefined : { channel, purpose, answer };
}

/** The record that an event is, as the map of its entity says; undefined when the rule is not for it. */
function recordEvent(
  { manifest, context }: Opened,
  rule: EventRule,
  event: unknown,
): Omit<InboundEvent, 'id' | 'at'> | undefined {
  const entity = manifest.entities[rule.entity];
  if (entity === undefined || (rule.id !== undefined && (textAt(event, rule.id) ?? '') === '')) return undefined;
  const { records, rejected } = draftsOf(manifest, rule.entity, event, context.now());
  const [first] = records;
  const ref = first === undefined ? null : { kind: first.kind, externalId: first.externalId };
  return { kind: 'record', ref, received: { stream: rule.entity, partial: rule.partial ?? false, records, rejected } };
}

function plainEvent({ manifest }: Opened, rule: EventRule, event: unknown): Omit<InboundEvent, 'id' | 'at'> | undefined {
  const entity = manifest.entities[rule.entity];
  const [kind = 'person'] = entity === undefined ? [] : kindsOf(rule.entity, entity);
  const vendorId = rule.id === undefined ? undefined : textAt(event, rule.id);
  const externalId = vendorId === undefined || entity === undefined ? undefined : externalIdOf(entity, vendorId);
  const email = rule.email === undefined ? undefined : textAt(event, rule.email);
  if (externalId === undefined && email === undefined) return undefined;
  const consent = consentIn(event, rule.consent);
  return {
    kind: rule.kind === 'consent' && consent === undefined ? 'changed' : rule.kind,
    ref: externalId === undefined ? null : { kind, externalId },
    ...(email === undefined ? {} : { email }),
    ...(consent === undefined ? {} : { consent }),
  };
}

/** What one event of a webhook says: the records that it is, and one thing more at most. */
function eventsOf(opened: Opened, rule: WebhookRule, event: unknown, index: number, bodyHash: string): InboundEvent[] {
  const fitting = rule.events.filter(({ when }) => fits(event, when));
  const id = (rule.eventId === undefined ? undefined : textAt(event, rule.eventId)) ?? `${bodyHash}-${index}`;
  const at = timeOf(event, rule.at);
  const records = fitting
    .filter(({ kind }) => kind === 'record')
    .flatMap((one) => {
      const made = recordEvent(opened, one, event);
      return made === undefined ? [] : [{ ...made, id: `${id}#${one.entity}`, at }];
    });
  const first = fitting.find(({ kind }) => kind !== 'record');
  const said = first === undefined ? undefined : plainEvent(opened, first, event);
  return said === undefined ? records : [...records, { ...said, id, at }];
}

const isEcho = ({ echo = [] }: WebhookRule, event: unknown, config: Opened['context']['config']): boolean =>
  echo.some(({ path, values }) => values.some((value) => filledValue(value, { config }) === (valueAt(event, path) ?? null)));

const refused = (code: string, say: string): Received => ({ result: 'refused', code, say });

/**
 * Checks one webhook, signature first, and reads its events. Events that our own writes made are counted and left out; so are kinds that
 * the manifest does not know. An event whose state cannot be read is `changed`: the record is read.
 */
export function receiveWebhook(opened: Opened, request: InboundRequest): Received {
  const rule = opened.manifest.webhook;
  if (rule === undefined) return refused('verb-unsupported', 'this connector takes no webhook');
  if (request.body.length > mostBytes) return refused('webhook-too-large', `its body is larger than ${mostBytes} bytes`);
  const refusal = signatureRefusal(rule.signature, request, opened.context);
  if (refusal !== undefined) return refused(refusal.code, refusal.say);
  const text = Buffer.from(request.body).toString('utf8');
  let body: unknown;
  try {
    body = rule.form === true ? formOf(text) : parsedBody(text, 'application/json', opened.context.systemId);
  } catch (error) {
    if (error instanceof FichaError) return refused(error.code, 'its body cannot be read');
    throw error;
  }
  const listed = asList(valueAt(body, rule.select ?? '.'));
  if (listed.length > mostEvents) return refused('webhook-too-large', `it holds more than ${mostEvents} events`);
  const own = listed.filter((event) => isEcho(rule, event, opened.context.config));
  const others = listed.filter((event) => !own.includes(event));
  const bodyHash = createHash('sha256').update(request.body).digest('hex').slice(0, 32);
  const made = others.map((event, index) => eventsOf(opened, rule, event, index, bodyHash));
  const unknown = made.filter((events) => events.length === 0).length;
  return { result: 'accepted', events: made.flat(), echoes: own.length, unknown };
}
