import { html } from 'hono/html';
import type { Ficha } from '../client-question.ts';
import { page } from '../page.ts';
import { identityHeader } from '../parts/identity-header.ts';
import { csrfField, type Html, nothing, type View } from '../view.ts';

const purposes = ['service', 'marketing'] as const;
type Purpose = (typeof purposes)[number];

/** One address of the ficha for one purpose, and what the gate says of it now. */
export interface Way {
  readonly address: string;
  readonly purpose: Purpose;
  readonly allowed: boolean;
  readonly reason: string;
}

/** What was typed; kept when it could not be sent. */
export interface Draft {
  /** Made with the page: sent twice, it leaves once. */
  readonly id: string;
  readonly way: string;
  readonly subject: string;
  readonly text: string;
  /** The linked system to send by; empty for the mail server. */
  readonly by: string;
}

/** By what a message can be sent. */
export interface Sender {
  readonly by: string | null;
  readonly title: string;
}

/** One way as the form names it: the purpose, then the address. */
const wayName = ({ purpose, address }: Pick<Way, 'purpose' | 'address'>): string => `${purpose} ${address}`;

/** The way that a form chose; undefined when this ficha has none of the kind. */
export const chosenWay = (ways: readonly Way[], name: string): Way | undefined => ways.find((way) => wayName(way) === name);

/** By what a message can be sent now. */
export const sendersOf = async (view: View): Promise<readonly Sender[]> =>
  (await view.order<{ readonly mailers: readonly Sender[] }>('GET', '/v1/mailers')).mailers;

/** Asks the gate for every address of the ficha and every purpose. */
export async function waysTo(view: View, { id, emails }: Ficha): Promise<readonly Way[]> {
  if (emails.length === 0) return [];
  const asked = await Promise.all(
    purposes.map(async (purpose) => {
      const { answers } = await view.order<{ readonly answers: readonly Pick<Way, 'allowed' | 'reason'>[] }>(
        'POST',
        '/v1/contactable',
        {
          purpose,
          channel: 'email',
          consent: purpose === 'marketing' ? 'needed' : 'not-needed',
          recipients: emails.map((address) => ({ address, clientId: id })),
        },
      );
      return answers.map((one, place) => ({ ...one, purpose, address: emails[place] ?? '' }));
    }),
  );
  return asked.flat();
}

const wayChoice = ({ t }: View, way: Way, chosen: boolean): Html => html`<label class="choice${way.allowed ? '' : ' closed'}">
<input type="radio" name="way" value="${wayName(way)}" required${chosen ? html` checked` : nothing}${way.allowed ? nothing : html` disabled`}>
<span><strong>${t(`write.${way.purpose}`)}</strong> <span dir="ltr">${way.address}</span> <span class="badge ${way.allowed ? 'good' : 'alarm'}">${way.allowed ? t('write.may') : t('write.mayNot', { why: t.code('reason', way.reason) })}</span>
<br><small>${t(`write.${way.purpose}Why`)}</small></span></label>`;

/** Where a message may go and by what. */
export interface Offer {
  readonly ways: readonly Way[];
  readonly senders: readonly Sender[];
}

const senderChoice = ({ t }: View, senders: readonly Sender[], chosen: string): Html =>
  senders.length < 2
    ? nothing
    : html`<label>${t('write.by')}<select name="by">${senders.map(({ by, title }) => html`<option value="${by ?? ''}"${(by ?? '') === chosen ? html` selected` : nothing}>${by === null ? t('write.byServer') : title}</option>`)}</select></label><p class="hint">${t('write.byHint')}</p>`;

/** A letter to the one client whose header stands above it; the button says their name too. */
export function writePage(view: View, ficha: Ficha, offer: Offer, draft: Draft, trouble?: string): Html {
  const { t } = view;
  const { ways, senders } = offer;
  const name = ficha.name ?? t('write.noName');
  const open = ways.filter(({ allowed }) => allowed);
  const first = chosenWay(open, draft.way) ?? open[0];
  return page(view, {
    title: t('client.write'),
    trouble,
    body: html`${identityHeader(view, ficha)}
<h2>${t('write.title', { name })}</h2>
${ways.length === 0 ? html`<p class="empty">${t('write.noAddress')}</p>` : nothing}
${ways.length > 0 && open.length === 0 ? html`<p class="warning">${t('write.nowhere')}</p>` : nothing}
<form method="post" action="/console/clients/${ficha.id}/write">${csrfField(view)}<input type="hidden" name="id" value="${draft.id}">
${ways.length === 0 ? nothing : html`<fieldset><legend>${t('write.what')}</legend><p class="hint">${t('write.only')}</p>${ways.map((way) => wayChoice(view, way, way === first))}</fieldset>`}
${
  open.length === 0
    ? nothing
    : html`${senders.length === 0 ? html`<p class="warning">${t('write.noSender')}</p>` : nothing}<label>${t('write.subject')}<input name="subject" value="${draft.subject}" maxlength="200" required dir="auto"></label>
<label>${t('write.text')}<textarea name="text" rows="10" maxlength="20000" required dir="auto">${draft.text}</textarea></label>
${senderChoice(view, senders, draft.by)}
<div class="row"><button class="main"><span dir="auto">${t('write.send', { name })}</span></button> <a class="button" href="/console/clients/${ficha.id}">${t('open.back')}</a></div>`
}
</form>`,
  });
}
