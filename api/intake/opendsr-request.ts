import { FichaError } from '../../domain/record/error.ts';
import { normaliseEmail } from '../../domain/record/normalise/email.ts';
import { problemsInWords, validatorFor } from '../../platform/validate.ts';
import type { OpenDsrIdentity, OpenDsrRequest } from '../../schemas/types.ts';
import type { AskedIdentifier } from '../../store/read/subject-records.ts';
import type { Incoming } from '../../store/write/privacy-intake.ts';
import type { Controller, OpenDsr } from './ground.ts';

/** Identities that can be looked for. Hashed ones cannot: no linked system finds a person by a hash. */
export const identitiesOf = ({
  customerIdsOf,
}: OpenDsr): readonly Pick<OpenDsrIdentity, 'identity_type' | 'identity_format'>[] => [
  { identity_type: 'email', identity_format: 'raw' },
  ...(customerIdsOf === undefined ? [] : [{ identity_type: 'controller_customer_id', identity_format: 'raw' }]),
];

const bad = (message: string): FichaError => new FichaError('bad-body', message);

function callbacksOf({ callbackHosts }: Controller, urls: readonly string[]): readonly string[] {
  for (const text of urls) {
    const { protocol, host, hostname } = new URL(text); // its schema says that it is one
    const isLocal = hostname === '127.0.0.1' || hostname === 'localhost';
    if (protocol !== 'https:' && !isLocal) throw bad('status_callback_urls: https only');
    if (!callbackHosts.includes(host)) throw bad('status_callback_urls: a host that is not agreed with this controller');
  }
  return urls;
}

function identifiersOf(openDsr: OpenDsr, identities: readonly OpenDsrIdentity[]): readonly AskedIdentifier[] {
  const supported = identitiesOf(openDsr);
  const known = identities.filter(({ identity_type, identity_format }) =>
    supported.some((one) => one.identity_type === identity_type && one.identity_format === identity_format),
  );
  if (known.length === 0) {
    const list = supported.map((one) => `${one.identity_type} (${one.identity_format})`).join(', ');
    throw bad(`subject_identities: none of a supported type and format: ${list}`);
  }
  return known.map(({ identity_type, identity_value: value }) => {
    if (identity_type !== 'email') return { kind: 'external-id', value: `${openDsr.customerIdsOf}:${value}` };
    if (normaliseEmail(value) === undefined) throw bad('subject_identities: an identity of type email is not an e-mail address');
    return { kind: 'email', value };
  });
}

/**
 * Reads a request of another controller.
 * @throws FichaError `bad-body` naming each field and rule, never a value
 */
export function readOpenDsrRequest(openDsr: OpenDsr, controller: Controller, body: string, now: Date): Incoming {
  let request: unknown;
  try {
    request = JSON.parse(body);
  } catch (cause) {
    throw new FichaError('bad-body', 'the body is not JSON', { cause });
  }
  const problems = validatorFor('intake/opendsr-request')(request);
  if (problems.length > 0) throw bad(problemsInWords(problems));
  const asked = request as OpenDsrRequest; // just checked
  const receivedAt = new Date(asked.submitted_time);
  if (receivedAt > now) throw bad('submitted_time: lies in the future');
  const callbacks = callbacksOf(controller, asked.status_callback_urls ?? []);
  return {
    way: 'opendsr',
    caller: controller.id,
    callerRef: asked.subject_request_id,
    type: asked.subject_request_type,
    receivedAt,
    content: { identifiers: identifiersOf(openDsr, asked.subject_identities), callbacks },
  };
}
