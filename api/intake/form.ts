import { randomBytes } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { privacyPolicy as shipped } from '../../domain/privacy/privacy-policy.ts';
import { FichaError } from '../../domain/record/error.ts';
import { normaliseEmail } from '../../domain/record/normalise/email.ts';
import {
  confirmIntake,
  forgetIntake,
  formsSince,
  type IntakeContent,
  keepIntake,
  newConfirmation,
} from '../../store/write/privacy-intake.ts';
import { answered, languageOf } from '../public-page.ts';
import { choicePage, confirmPage, formPage, saidPage, type Shown } from './form-page.ts';
import type { IntakeDeps, Ways } from './ground.ts';
import { openNow } from './open-waiting.ts';
import { type FormType, formFields, formWords, isFormType } from './words.ts';

const hourMs = 3_600_000;

type Typed = Readonly<Record<string, unknown>>;
const textOf = (typed: Typed, name: string): string => {
  const value = typed[name];
  return typeof value === 'string' ? value.trim().slice(0, 300) : '';
};

const correctionIn = (typed: Typed): IntakeContent['changes'] => {
  const field = formFields.find((one) => one === typed['field']) ?? 'other';
  return [{ field, old: textOf(typed, 'old') || null, new: textOf(typed, 'new') }];
};

interface Form {
  readonly type: FormType;
  readonly email: string;
  readonly language: Shown['language'];
  readonly changes?: IntakeContent['changes'];
}

type Limits = NonNullable<Ways['form']>;

/**
 * Keeps a form and sends the link that confirms it. Nobody is looked up before: what is done, answered and how long it takes is the
 * same for an address that Ficha knows and one that it does not.
 */
async function take(
  deps: IntakeDeps,
  limits: Limits,
  { type, email, language, changes }: Form,
): Promise<'sent' | 'tooMany' | 'failed'> {
  const { db, keys, now, mailer, publicUrl, privacyPolicy = shipped } = deps;
  const at = now();
  const days = privacyPolicy.identityLinkDays;
  const toConfirm = newConfirmation(keys, email, at, days);
  const since = { day: new Date(at.getTime() - 24 * hourMs), hour: new Date(at.getTime() - hourMs) };
  const kept = await db.transaction(async (tx) => {
    const counted = await formsSince(tx, toConfirm.addressMac, since);
    if (counted.all >= limits.perHour) return 'tooMany';
    if (counted.address >= limits.perAddressADay) return 'sent';
    const content = { identifiers: [{ kind: 'email' as const, value: email }], language, ...(changes ? { changes } : {}) };
    const callerRef = randomBytes(16).toString('hex');
    return await keepIntake(tx, keys, { way: 'form', caller: 'form', callerRef, type, receivedAt: at, content }, toConfirm);
  });
  if (typeof kept === 'string') return kept;
  const words = formWords[language];
  const filled = {
    what: words.types[type].title,
    days: `${days}`,
    link: `${publicUrl()}/rights/confirm/${toConfirm.token}?lang=${language}`,
  };
  const text = words.mailText.replaceAll(/\{(\w+)\}/g, (_whole, name: keyof typeof filled) => filled[name]);
  try {
    const { state } = await mailer.send({
      id: kept.id,
      to: email,
      subject: words.mailSubject,
      text,
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
    if (state !== 'refused') return 'sent';
  } catch (error) {
    deps.log.error({ err: error }, 'the mail of a request form could not be sent');
  }
  await forgetIntake(db, kept.id);
  return 'failed';
}

/** GET /rights, GET and POST /rights/:type, GET and POST /rights/confirm/:token: how a person without any account asks for their rights. */
export function formRoutes(deps: IntakeDeps, limits: Limits): Hono {
  const app = new Hono();
  const shown = (c: Context): Shown => ({ language: languageOf(c), nonce: randomBytes(16).toString('base64url') });
  const typeIn = (c: Context): FormType => {
    const type = c.req.param('type') ?? '';
    if (!isFormType(type)) throw new FichaError('no-such-link', 'there is no such form');
    return type;
  };
  const statusOf = { sent: 200, tooMany: 429, failed: 503 } as const;

  app.get('/', async (c) => {
    const on = shown(c);
    return await answered(c, 200, await choicePage(on), on.nonce);
  });
  app.get('/confirm/:token', async (c) => {
    const on = shown(c);
    return await answered(c, 200, await confirmPage(on), on.nonce);
  });
  app.post('/confirm/:token', async (c) => {
    const on = shown(c);
    const { id } = await deps.db.transaction((tx) => confirmIntake(tx, c.req.param('token'), deps.now()));
    await openNow(deps, id);
    return await answered(c, 200, await saidPage(on, formWords[on.language].confirmed), on.nonce);
  });
  app.get('/:type', async (c) => {
    const on = shown(c);
    return await answered(c, 200, await formPage(on, typeIn(c)), on.nonce);
  });
  app.post('/:type', async (c) => {
    const on = shown(c);
    const type = typeIn(c);
    const typed = await c.req.parseBody();
    const email = normaliseEmail(textOf(typed, 'email'))?.value;
    const wrong = { email: email === undefined, new: type === 'rectification' && textOf(typed, 'new') === '' };
    if (email === undefined || wrong.new) return await answered(c, 400, await formPage(on, type, wrong), on.nonce);
    const changes = type === 'rectification' ? { changes: correctionIn(typed) } : {};
    const done = await take(deps, limits, { type, email, language: on.language, ...changes });
    return await answered(c, statusOf[done], await saidPage(on, formWords[on.language][done]), on.nonce);
  });
  app.onError(async (error, c) => {
    const on = shown(c);
    if (error instanceof FichaError && error.code === 'no-such-link') {
      return await answered(c, 404, await saidPage(on, formWords[on.language].deadLink), on.nonce);
    }
    deps.log.error({ err: error }, 'a request form failed');
    return await answered(c, 503, await saidPage(on, formWords[on.language].failed), on.nonce);
  });
  return app;
}
