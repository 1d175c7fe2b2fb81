import { randomBytes } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { FichaError } from '../../domain/record/error.ts';
import { consentMatrixOf } from '../../store/read/consent.ts';
import { recordSaidConsent, type SaidConsent } from '../../store/write/said-consent.ts';
import type { CommandDeps } from '../context.ts';
import { passConsentOn } from '../pass-consent-on.ts';
import { openPreferenceLink, type PreferenceLink } from './preference-link.ts';
import { messagePage, pagePolicy, type PreferenceLine, preferencePage } from './preference-page.ts';
import { type PageLanguage, pageLanguage, pageWords, wordsVersion } from './words.ts';

type Deps = Pick<CommandDeps, 'db' | 'keys' | 'log' | 'now' | 'temporal'>;
type Word = Pick<SaidConsent, 'purpose' | 'channel' | 'answer' | 'how'>;

const languageOf = (c: Context): PageLanguage => pageLanguage(c.req.query('lang'), c.req.header('accept-language'));

const answered = (c: Context, status: 200 | 404 | 410, body: unknown, nonce: string): Response | Promise<Response> =>
  c.html(body as string, status, {
    'content-security-policy': pagePolicy(nonce),
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });

interface Choices {
  readonly lines: readonly PreferenceLine[];
  /** They once said no to every purpose. */
  readonly objected: boolean;
}

/** What the person can choose: what the ledger speaks of, and what the link was made for. */
async function choicesOf({ db }: Deps, { clientId, purpose, channel }: PreferenceLink): Promise<Choices> {
  const matrix = await consentMatrixOf(db, clientId);
  const known = matrix
    .filter((line) => line.purpose !== '*' && line.channel !== 'any')
    .map((line) => ({ purpose: line.purpose, channel: line.channel, allowed: line.answer === 'granted' }));
  const isKnown = known.some((line) => line.purpose === purpose && line.channel === channel);
  return {
    lines: isKnown ? known : [{ purpose, channel, allowed: false }, ...known],
    objected: matrix.some((line) => line.purpose === '*' && line.answer === 'denied'),
  };
}

/** Writes what the person said and passes it on; who is not there any more is contacted by nobody, so that is no error. */
async function note(deps: Deps, link: PreferenceLink, words: readonly Word[], language?: PageLanguage): Promise<void> {
  const { db, keys, now } = deps;
  const at = now();
  const shown = language === undefined ? {} : { textVersion: wordsVersion, language };
  try {
    await db.transaction(async (tx) => {
      for (const word of words) {
        await recordSaidConsent(tx, keys, { clientId: link.clientId, ...word, ...shown, at, receivedAt: at, by: 'person' });
      }
    });
  } catch (error) {
    if (error instanceof FichaError && error.code === 'unknown-client') return;
    throw error;
  }
  await passConsentOn(deps);
}

/** The words of a sent form: what changed, or no to every purpose. A browser that sends Sec-GPC opts out of sharing too. */
function wordsOf(form: Readonly<Record<string, unknown>>, { lines, objected }: Choices, gpc: boolean): Word[] {
  const how = 'preference-page';
  const sharing: Word[] = gpc ? [{ purpose: 'sharing', channel: 'any', answer: 'denied', how: 'Sec-GPC' }] : [];
  if (form['all'] === 'denied') return [{ purpose: '*', channel: 'any', answer: 'denied', how }, ...sharing];
  const changed = lines.flatMap(({ purpose, channel, allowed }): Word[] => {
    const answer = form[`${purpose}.${channel}`];
    const isNew = (answer === 'denied' && allowed) || (answer === 'granted' && !allowed);
    return isNew ? [{ purpose, channel, answer, how }] : [];
  });
  // a yes to one purpose cannot overtake an objection to all of them: the same act takes that back
  const back: Word[] =
    objected && changed.some(({ answer }) => answer === 'granted')
      ? [{ purpose: '*', channel: 'any', answer: 'granted', how }]
      : [];
  return [...back, ...changed, ...sharing];
}

/**
 * What people reach without a login, by a link of their own: GET and POST /p/<link> (the preference page), POST /u/<link> (one-click
 * unsubscribe; GET only shows the page, since link scanners follow links).
 * @see RFC 8058; Global Privacy Control (W3C)
 */
export function createPreferencePages(deps: Deps): Hono {
  const app = new Hono();
  app.use(bodyLimit({ maxSize: 64 * 1024 }));
  const link = (c: Context): PreferenceLink => openPreferenceLink(deps.keys, c.req.param('link') ?? '', deps.now());
  const show = async (c: Context, opened: PreferenceLink, saved: boolean): Promise<Response> => {
    const nonce = randomBytes(16).toString('base64url');
    return await answered(
      c,
      200,
      await preferencePage(languageOf(c), nonce, (await choicesOf(deps, opened)).lines, saved),
      nonce,
    );
  };
  app.get('/p/:link', (c) => show(c, link(c), false));
  app.post('/p/:link', async (c) => {
    const opened = link(c);
    const words = wordsOf(await c.req.parseBody(), await choicesOf(deps, opened), c.req.header('sec-gpc') === '1');
    if (words.length > 0) await note(deps, opened, words, languageOf(c));
    return await show(c, opened, true);
  });
  app.get('/u/:link', (c) => c.redirect(`/p/${c.req.param('link')}`, 303));
  app.post('/u/:link', async (c) => {
    const opened = link(c);
    const { purpose, channel } = opened;
    await note(deps, opened, [{ purpose, channel, answer: 'denied', how: 'one-click' }]);
    return c.text('unsubscribed', 200);
  });
  app.onError(async (error, c) => {
    const nonce = randomBytes(16).toString('base64url');
    const language = languageOf(c);
    const words = pageWords[language];
    if (error instanceof FichaError && error.code === 'link-expired') {
      return await answered(c, 410, await messagePage(language, nonce, words.expiredLink), nonce);
    }
    if (error instanceof FichaError && error.code === 'link-unknown') {
      return await answered(c, 404, await messagePage(language, nonce, words.unknownLink), nonce);
    }
    deps.log.error({ err: error }, 'a preference page failed');
    return c.text('Something failed here; please try again later.', 500);
  });
  return app;
}
