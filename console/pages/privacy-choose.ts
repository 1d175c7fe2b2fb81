import { html } from 'hono/html';
import { page } from '../page.ts';
import { csrfField, type Html, type View } from '../view.ts';
import type { findClients } from './find.ts';
import { findStep } from './privacy-open.ts';

/** Step one: who asks. */
export const chooseClientPage = (view: View, typed: string, found: Awaited<ReturnType<typeof findClients>>): Html => {
  const { t } = view;
  return page(view, {
    title: t('open.title'),
    body: html`${findStep(t)}<h1>${t('open.who')}</h1>
<form method="post" action="/console/privacy/new" role="search">${csrfField(view)}
<label for="q">${t('find.label')}</label>
<div class="row"><input id="q" name="q" type="search" value="${typed}" maxlength="200" autocomplete="off" dir="auto" autofocus><button class="main">${t('find.go')}</button></div></form>
<p role="status" class="count">${typed === '' ? t('find.hint') : found.length === 0 ? t('open.nobody') : t('find.found', { n: found.length })}</p>
<ol class="found">${found.map((one) => html`<li><a href="/console/privacy/new/${one.id}"><span class="kind">${t.code('kind', one.kind)}</span> <strong dir="auto">${one.name}</strong> <span class="facts" dir="auto">${[one.emails[0], one.phones[0], one.addresses[0]?.city].filter(Boolean).join(' · ')}</span></a></li>`)}</ol>`,
  });
};
