import { randomBytes } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { html } from 'hono/html';
import { consentPolicy as shipped } from '../../domain/consent/consent-policy.ts';
import { linkedSystemById } from '../../store/read/linked-systems.ts';
import { keepWebhooks } from '../../store/write/webhook-events.ts';
import type { CommandDeps } from '../context.ts';
import { answered, languageOf, publicPage } from '../public-page.ts';
import { eventsOf, formFields, trap, type Typed, wrongIn } from './submission.ts';
import { formWords } from './words.ts';

type Deps = Pick<CommandDeps, 'db' | 'keys' | 'log' | 'now' | 'consentPolicy'>;

interface FormSettings {
  readonly origins: readonly string[];
  readonly purpose: string;
  readonly thanks?: string;
  readonly perHour: number;
}

const mostBytes = 64 * 1024;
const hourMs = 3_600_000;

/** Settings of a linked web form; the connector's schema was asked when it was linked. */
const settingsOf = (config: Readonly<Record<string, unknown>>): FormSettings => ({
  purpose: 'marketing',
  perHour: 200,
  ...(config as Pick<FormSettings, 'origins'> & Partial<FormSettings>),
});

const wantsJson = (c: Context): boolean => (c.req.header('accept') ?? '').includes('application/json');

/** Refused for whoever made the page, not for a person: plain words and a code. */
const refused = (c: Context, status: 400 | 403 | 404 | 413 | 415, code: string, say: string): Response =>
  c.json({ code, message: `${code}: ${say}` }, status);

function told(
  c: Context,
  status: 200 | 400 | 429,
  say: keyof (typeof formWords)['en']['wrong'] | 'thanks',
): Response | Promise<Response> {
  if (wantsJson(c)) return c.json(say === 'thanks' ? { taken: true } : { taken: false, code: say }, status);
  const language = languageOf(c);
  const words = formWords[language];
  const nonce = randomBytes(16).toString('base64');
  const title = say === 'thanks' ? words.title : words.notTaken;
  const body =
    say === 'thanks'
      ? html`<p role="status">${words.thanks}</p>`
      : html`<p role="alert">${words.wrong[say]}</p><p>${words.back}</p>`;
  return answered(c, status, publicPage({ language, nonce, title, body }), nonce);
}

/** The fields that were typed; undefined when it is no form. Files and fields of no name that we know are not read. */
async function typedIn(c: Context): Promise<Typed | undefined> {
  const type = (c.req.header('content-type') ?? '').toLowerCase();
  if (!type.startsWith('application/x-www-form-urlencoded') && !type.startsWith('multipart/form-data')) return undefined;
  let body: Readonly<Record<string, unknown>>;
  try {
    body = await c.req.parseBody();
  } catch {
    return undefined; // cut in the middle, or a boundary that is not there
  }
  const text = (name: string): string => {
    const value = body[name];
    return typeof value === 'string' ? value.trim() : '';
  };
  const fields = Object.keys(formFields).map((name) => [name, text(name)] as const);
  return { ...Object.fromEntries(fields), consent: text('consent'), [trap]: text(trap) } as Typed; // every field is named above
}

/**
 * POST /forms/:system: a form of the company's own site. Only its pages may send; what a robot fills in is thanked for and kept nowhere.
 * It is kept as a webhook is, and becomes person, message and consent a moment later.
 */
export function createForms({ db, keys, log, now, consentPolicy = shipped }: Deps): Hono {
  const app = new Hono();
  const taken = new Map<string, number[]>();
  /** Whether one more form fits into this hour; counted by this process. */
  const fits = (systemId: string, perHour: number, at: number): boolean => {
    const times = (taken.get(systemId) ?? []).filter((one) => one > at - hourMs);
    if (times.length < perHour) times.push(at);
    else return false;
    taken.set(systemId, times);
    return true;
  };
  app.use(
    bodyLimit({ maxSize: mostBytes, onError: (c) => refused(c, 413, 'body-too-large', `a form has at most ${mostBytes} bytes`) }),
  );
  app.post('/forms/:system', async (c) => {
    const systemId = c.req.param('system');
    const system = await linkedSystemById(db, systemId);
    if (system === undefined || system.connector !== 'web-form' || system.state !== 'active')
      return refused(c, 404, 'unknown-form', 'no web form is linked under this name');
    const { origins, purpose, thanks, perHour } = settingsOf(system.config);
    const origin = c.req.header('origin') ?? '';
    if (!origins.includes(origin)) {
      log.warn({ systemId, code: 'origin-not-allowed' }, 'a form was refused');
      return refused(
        c,
        403,
        'origin-not-allowed',
        'this page may not send forms here; add its origin to `origins` of the linked system',
      );
    }
    c.header('access-control-allow-origin', origin);
    const typed = await typedIn(c);
    if (typed === undefined)
      return refused(c, 415, 'not-a-form', 'send application/x-www-form-urlencoded or multipart/form-data');
    const done = (): Response | Promise<Response> =>
      thanks === undefined || wantsJson(c) ? told(c, 200, 'thanks') : c.redirect(thanks, 303);
    if (typed[trap] !== '') {
      log.warn({ systemId, code: 'robot' }, 'a form was filled in by a robot');
      return await done();
    }
    const wrong = wrongIn(typed);
    if (wrong !== undefined) return await told(c, 400, wrong);
    const at = now();
    if (!fits(systemId, perHour, at.getTime())) return await told(c, 429, 'too-many');
    const events = eventsOf(keys, typed, { systemId, purpose, policy: consentPolicy, at });
    await keepWebhooks(db, keys, systemId, [{ events, receivedAt: at }]);
    return await done();
  });
  app.notFound((c) => refused(c, 404, 'unknown-form', 'forms are sent by POST to /forms/<linked system>'));
  return app;
}
