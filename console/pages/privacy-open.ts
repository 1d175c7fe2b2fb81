import { html } from 'hono/html';
import type { Ficha } from '../client-question.ts';
import { page } from '../page.ts';
import { identityHeader } from '../parts/identity-header.ts';
import { csrfField, type Html, nothing, type View } from '../view.ts';

export const requestTypes = ['access', 'erasure', 'portability', 'rectification', 'restriction', 'objection'] as const;
const identities = ['manual', 'link', 'login'] as const;
const correctable = ['givenName', 'familyName', 'emails', 'phones', 'street', 'postcode', 'city', 'birthDate', 'taxId'] as const;

/** What the form of the second step said. */
export interface Asked {
  readonly type: string;
  readonly receivedOn: string;
  readonly identity: string;
  readonly scope: string;
  readonly country: string;
  readonly field: string;
  readonly old: string;
  readonly new: string;
}

export const askedFrom = (form: Readonly<Record<string, unknown>>): Asked => {
  const text = (name: string): string => (typeof form[name] === 'string' ? form[name].trim() : '');
  return {
    type: text('type'),
    receivedOn: text('receivedOn'),
    identity: text('identity'),
    scope: text('scope'),
    country: text('country').toUpperCase(),
    field: text('field'),
    old: text('old'),
    new: text('new'),
  };
};

/** The body of the command. A day alone counts from its first hour in UTC, today from now. */
export function commandOf(clientId: string, asked: Asked, now: Date): Readonly<Record<string, unknown>> {
  const today = now.toISOString().slice(0, 10);
  return {
    type: asked.type,
    clientId,
    identity: asked.identity,
    ...(asked.receivedOn === '' || asked.receivedOn >= today ? {} : { receivedAt: `${asked.receivedOn}T00:00:00.000Z` }),
    ...(asked.type === 'objection' ? { scope: asked.scope } : {}),
    ...(asked.country === '' ? {} : { country: asked.country }),
    ...(asked.type === 'rectification'
      ? { changes: [{ field: asked.field, old: asked.old === '' ? null : asked.old, new: asked.new }] }
      : {}),
  };
}

const steps = (t: View['t'], current: 1 | 2 | 3): Html => {
  const names = [t('open.step1'), t('open.step2'), t('open.step3')];
  return html`<ol class="steps" aria-label="${t('open.steps')}">${names.map((name, place) => html`<li${place + 1 === current ? html` aria-current="step"` : nothing}>${name}</li>`)}</ol>`;
};

/** What keeps a filled form from its last step; undefined when nothing does. */
export const lacksIn = ({ t }: View, { type, new: right }: Asked): string | undefined =>
  type === 'rectification' && right === '' ? t('open.lacksNew') : undefined;

const choice = (view: View, name: string, group: string, code: string, isChosen: boolean): Html =>
  html`<label class="choice"><input type="radio" name="${name}" value="${code}" required${isChosen ? html` checked` : nothing}>
<span><strong>${view.t.code(group, code)}</strong><br><small>${view.t.code(`${group}Why`, code)}</small></span></label>`;

/** What the form holds before anybody filled it. */
const unasked = ({ now }: View, { country }: Ficha): Asked => ({
  type: 'access',
  receivedOn: now.toISOString().slice(0, 10),
  identity: 'manual',
  scope: 'marketing',
  country: country ?? '',
  field: 'givenName',
  old: '',
  new: '',
});

/** Step two: what is asked, when, and how the person proved who they are. What was typed before a refusal is still there. */
export function detailsStep(view: View, ficha: Ficha, trouble?: string, asked: Asked = unasked(view, ficha)): Html {
  const { t, now } = view;
  return page(view, {
    title: t('open.title'),
    trouble,
    body: html`${steps(t, 2)}${identityHeader(view, ficha)}
<form method="post" action="/console/privacy/new/${ficha.id}">${csrfField(view)}
<fieldset><legend>${t('open.type')}</legend>${requestTypes.map((type) => choice(view, 'type', 'type', type, type === asked.type))}</fieldset>
<fieldset><legend>${t('open.identity')}</legend>${identities.map((way) => choice(view, 'identity', 'identity', way, way === asked.identity))}</fieldset>
<label>${t('open.receivedOn')}<input type="date" name="receivedOn" max="${now.toISOString().slice(0, 10)}" value="${asked.receivedOn}"></label>
<label>${t('open.country')}<input name="country" maxlength="2" pattern="[A-Za-z]{2}" value="${asked.country}"></label>
<fieldset class="only-objection"><legend>${t('open.scope')}</legend>
${(['marketing', 'other'] as const).map((scope) => html`<label class="choice"><input type="radio" name="scope" value="${scope}"${scope === asked.scope ? html` checked` : nothing}> <span>${t.code('scope', scope)}</span></label>`)}</fieldset>
<fieldset class="only-rectification"><legend>${t('open.change')}</legend>
<label>${t('open.field')}<select name="field">${correctable.map((field) => html`<option value="${field}"${field === asked.field ? html` selected` : nothing}>${t.code('field', field)}</option>`)}</select></label>
<label>${t('open.old')}<input name="old" value="${asked.old}" maxlength="1000" autocomplete="off"></label>
<label>${t('open.new')}<input name="new" value="${asked.new}" maxlength="1000" autocomplete="off"></label></fieldset>
<button class="main">${t('open.next')}</button>
</form>`,
  });
}

/** Step three: everything once more, before anything starts. */
export function confirmStep(view: View, ficha: Ficha, asked: Asked): Html {
  const { t } = view;
  const said: readonly (readonly [string, string])[] = [
    [t('open.type'), t.code('type', asked.type)],
    [t('open.identity'), t.code('identity', asked.identity)],
    [t('open.receivedOn'), asked.receivedOn === '' ? '' : t.day(asked.receivedOn)],
    [t('open.country'), asked.country],
    ...(asked.type === 'objection' ? [[t('open.scope'), t.code('scope', asked.scope)] as const] : []),
    ...(asked.type === 'rectification'
      ? [[t('open.change'), `${t.code('field', asked.field)}: ${asked.old} → ${asked.new}`] as const]
      : []),
  ];
  return page(view, {
    title: t('open.title'),
    body: html`${steps(t, 3)}${identityHeader(view, ficha)}
<p>${t('open.confirmWhy')}</p>
<dl class="values">${said.map(([name, value]) => html`<div><dt>${name}</dt><dd dir="auto">${value}</dd></div>`)}</dl>
<h2>${t('open.found')}</h2>
<ul>${ficha.records.map(({ linkedSystem, externalId }) => html`<li>${linkedSystem} <code>${externalId}</code></li>`)}</ul>
<form method="post" action="/console/privacy/new/${ficha.id}">${csrfField(view)}
<input type="hidden" name="confirmed" value="yes">
${Object.entries(asked).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<div class="row"><button class="main">${t('open.start')}</button> <a class="button" href="/console/privacy/new/${ficha.id}">${t('open.back')}</a></div>
</form>`,
  });
}

/** Step one is the search, with this above it. */
export const findStep = (t: View['t']): Html => steps(t, 1);
