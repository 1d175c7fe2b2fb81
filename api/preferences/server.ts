import { randomBytes } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { consentPolicy, needsConsent, purposeOf } from '../../domain/consent/consent-policy.ts';
import { FichaError } from '../../domain/record/error.ts';
import { consentMatrixOf } from '../../store/read/consent.ts';
import { recordSaidConsent, type SaidConsent } from '../../store/write/said-consent.ts';
import { listHashes } from '../../store/write/suppression-list.ts';
import type { CommandDeps } from '../context.ts';
import { passConsentOn } from '../pass-consent-on.ts';
import { addressKind, openPreferenceLink, type PreferenceLink } from './preference-link.ts';
import { openConfirmation } from './confirmation-link.ts';
import { answered, languageOf } from '../public-page.ts';
import { confirmationPage, messagePage, type PreferenceLine, preferencePage } from './preference-page.ts';
import { type PageLanguage, pageWords, wordsVersion } from './words.ts';

type Deps = Pick<CommandDeps, 'db' | 'keys' | 'log' | 'now' | 'temporal' | 'consentPolicy'>;
type Word = Pick<SaidConsent, 'purpose' | 'channel' | 'answer' | 'how' | 'textVersion' | 'language'>;

interface Choices {
  /** Purposes that nobody is asked about. */
  readonly always: readonly string[];
  readonly lines: readonly PreferenceLine[];
  /** They once said no to every purpose. */
  readonly objected: boolean;
}

type Offer = Pick<Deps, 'consentPolicy' | 'now'>;

/** A purpose on a channel as the person reads it; the text is the newest that holds today. */
function lineOf(deps: Offer, language: PageLanguage, { purpose, channel }: Pick<Word, 'purpose' | 'channel'>) {
  const configured = purposeOf(deps.consentPolicy ?? consentPolicy, purpose);
  const text = textOf(deps, purpose)?.text[language];
  return { purpose, channel, title: configured?.title[language] ?? purpose, ...(text === undefined ? {} : { text }) };
}

const textOf = ({ consentPolicy: own = consentPolicy, now }: Offer, purpose: string) =>
  purposeOf(own, purpose)?.texts?.findLast(({ from }) => from <= now().toISOString().slice(0, 10));

/** What the person can choose: what the ledger speaks of, and what the link was made for. */
async function choicesOf(deps: Deps, language: PageLanguage, { clientId, purpose, channel }: PreferenceLink): Promise<Choices> {
  const own = deps.consentPolicy ?? consentPolicy;
  const matrix = await consentMatrixOf(deps.db, clientId);
  const known = matrix
    .filter((line) => line.purpose !== '*' && line.channel !== 'any' && needsConsent(own, line.purpose))
    .map((line) => ({ ...lineOf(deps, language, line), allowed: line.answer === 'granted' }));
  const isKnown = known.some((line) => line.purpose === purpose && line.channel === channel);
  return {
    lines: isKnown ? known : [{ ...lineOf(deps, language, { purpose, channel }), allowed: false }, ...known],
    always: Object.values(own.purposes).flatMap(({ optional, title }) => (optional ? [] : [title[language]])),
    objected: matrix.some((line) => line.purpose === '*' && line.answer === 'denied'),
  };
}

/**
 * Writes what the person said and passes it on. Of who is not there any more the addresses are listed, so that a no holds when a system
 * brings them back.
 */
async function note(
  deps: Deps,
  link: Pick<PreferenceLink, 'clientId' | 'channel' | 'hashes'>,
  words: readonly Word[],
  language?: PageLanguage,
): Promise<void> {
  const { db, keys, now } = deps;
  const at = now();
  const shown = (purpose: string) =>
    language === undefined ? {} : { textVersion: textOf(deps, purpose)?.version ?? wordsVersion, language };
  try {
    await db.transaction(async (tx) => {
      for (const word of words) {
        await recordSaidConsent(tx, keys, {
          clientId: link.clientId,
          ...shown(word.purpose),
          ...word,
          at,
          receivedAt: at,
          by: 'person',
        });
      }
    });
  } catch (error) {
    if (!(error instanceof FichaError && error.code === 'unknown-client')) throw error;
    const kind = addressKind(link.channel);
    const denied = words.flatMap(({ purpose, channel, answer }) => (answer === 'denied' ? [{ purpose, channel }] : []));
    const about = { kind, reason: 'opt-out', since: at } as const;
    const lines = (link.hashes ?? []).flatMap((hash) => denied.map((word) => ({ ...about, ...word, hash })));
    await db.transaction((tx) => listHashes(tx, lines));
    return;
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
 * unsubscribe; GET only shows the page, since link scanners follow links), GET and POST /c/<link> (confirms a yes: double opt-in).
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
      await preferencePage(languageOf(c), nonce, await choicesOf(deps, languageOf(c), opened), saved),
      nonce,
    );
  };
  app.get('/p/:link', (c) => show(c, link(c), false));
  app.post('/p/:link', async (c) => {
    const opened = link(c);
    const words = wordsOf(await c.req.parseBody(), await choicesOf(deps, languageOf(c), opened), c.req.header('sec-gpc') === '1');
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
  app.get('/c/:link', async (c) => {
    const nonce = randomBytes(16).toString('base64url');
    const wanted = lineOf(deps, languageOf(c), openConfirmation(deps.keys, c.req.param('link'), deps.now()));
    return await answered(c, 200, await confirmationPage(languageOf(c), nonce, wanted), nonce);
  });
  app.post('/c/:link', async (c) => {
    const { until: _, clientId, ...said } = openConfirmation(deps.keys, c.req.param('link'), deps.now());
    await note(deps, { clientId, channel: said.channel }, [{ ...said, answer: 'granted', how: 'double-opt-in' }]);
    const nonce = randomBytes(16).toString('base64url');
    return await answered(c, 200, await messagePage(languageOf(c), nonce, pageWords[languageOf(c)].confirmed), nonce);
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
