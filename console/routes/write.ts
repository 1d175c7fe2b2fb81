import { randomUUID } from 'node:crypto';
import type { Hono } from 'hono';
import { Refused } from '../back-end.ts';
import { answer, type ConsoleContext, type ConsoleEnv, field } from '../context.ts';
import { clientPage, fichaOf } from '../pages/client.ts';
import { chosenWay, type Draft, sendersOf, waysTo, writePage } from '../pages/write-client.ts';
import type { View } from '../view.ts';
import { withFicha } from './clients.ts';

interface Sent {
  readonly state: 'sent' | 'refused' | 'unknown' | 'sending';
  readonly detail?: string | null;
  readonly again: boolean;
}

/** What became of the message, in words: what went well as `said`, what did not as `trouble`. */
function toldOf({ t }: View, { state, detail, again }: Sent): { readonly said?: string; readonly trouble?: string } {
  if (state === 'refused') return { trouble: t('write.refused', { code: detail ?? '' }) };
  if (state !== 'sent') return { trouble: t('write.unknown') };
  if (again) return { said: t('write.again') };
  return { said: t(detail === 'outbox' ? 'write.outbox' : 'write.sent') };
}

/** Writing to one client: only to addresses of the ficha, and only where the gate says yes. */
export function writeRoutes(app: Hono<ConsoleEnv>): void {
  const show = (c: ConsoleContext, draft: Draft, trouble?: string): Promise<Response> =>
    withFicha(c, async (ficha) => {
      const view = c.get('view');
      return await answer(
        c,
        writePage(view, ficha, { ways: await waysTo(view, ficha), senders: await sendersOf(view) }, draft, trouble),
        trouble === undefined ? 200 : 422,
      );
    });
  app.get('/console/clients/:id/write', (c) => show(c, { id: randomUUID(), way: '', subject: '', text: '', by: '' }));
  app.post('/console/clients/:id/write', (c) =>
    withFicha(c, async (ficha) => {
      const view = c.get('view');
      const draft = {
        id: field(c, 'id'),
        way: field(c, 'way'),
        subject: field(c, 'subject'),
        text: field(c, 'text').replaceAll('\r\n', '\n'),
        by: field(c, 'by'),
      };
      const way = chosenWay(await waysTo(view, ficha), draft.way);
      if (way === undefined) return await show(c, draft, view.t('write.nowhere'));
      try {
        const { address, purpose } = way;
        const { id, subject, text } = draft;
        const by = draft.by === '' ? {} : { by: draft.by };
        const sent = await view.order<Sent>('POST', '/v1/messages', {
          id,
          clientId: ficha.id,
          address,
          purpose,
          subject,
          text,
          ...by,
        });
        const fresh = (await fichaOf(view, ficha.id)) ?? ficha; // with the message on its timeline
        return await answer(c, clientPage(view, fresh, toldOf(view, sent)));
      } catch (error) {
        if (!(error instanceof Refused) || error.status === 401) throw error;
        return await show(c, draft, error.message);
      }
    }),
  );
}
