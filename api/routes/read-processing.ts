import type { Hono } from 'hono';
import { consentPolicy as shipped } from '../../domain/consent/consent-policy.ts';
import { processingRecord } from '../../domain/consent/processing-record.ts';
import { FichaError } from '../../domain/record/error.ts';
import { dataMap, processing, specialMap } from '../../store/read/accountability.ts';
import { type DriftRow, driftNewestFirst } from '../../store/read/consent-drift.ts';
import { type CommandDeps, type CommandEnv, demand } from '../context.ts';
import { type PageLanguage, pageLanguages, processingPage } from '../processing-page.ts';

function languageIn(text: string): PageLanguage {
  const found = pageLanguages.find((one) => one === text);
  if (found !== undefined) return found;
  throw new FichaError('bad-language', `the page is written in ${pageLanguages.join(', ')}; name one of them as \`language\``);
}

/**
 * GET /v1/processing-record: the record of processing activities as JSON, or as a page with `?as=page`, in English or in the `language`
 * es, it, fr; in JSON the grounds of transfers are. GET /v1/consent-purposes: the
 * purposes with their texts. GET /v1/consent-drift: where a system allowed what the ledger denies, newest first, at most 500.
 */
export function readProcessingRoute(app: Hono<CommandEnv>, deps: CommandDeps): void {
  const { db, now, consentPolicy = shipped, connectors } = deps;
  app.get('/v1/processing-record', async (c) => {
    demand(c, 'read-processing');
    const language = languageIn(c.req.query('language') ?? 'en');
    const rows = { said: await processing(db), held: await dataMap(db), special: await specialMap(db) };
    const parts = { policy: consentPolicy, connectors: connectors(language), ...rows };
    const record = processingRecord(parts, now().toISOString());
    return c.req.query('as') === 'page' ? await c.html(processingPage(record, language)) : c.json(record);
  });
  app.get('/v1/consent-purposes', (c) => {
    demand(c, 'record-consent'); // whoever writes down a yes must know the purposes and the text that was read
    return c.json({ purposes: consentPolicy.purposes, ageOfConsent: consentPolicy.ageOfConsent, caps: consentPolicy.caps });
  });
  app.get('/v1/consent-drift', async (c) => {
    demand(c, 'read-processing');
    const drift: readonly DriftRow[] = await driftNewestFirst(db);
    return c.json({ drift });
  });
}
