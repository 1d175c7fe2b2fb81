import { html } from 'hono/html';
import { csrfField, type Html, nothing, type View } from '../view.ts';
import type { Words } from '../words.ts';
import { page } from '../page.ts';
import { singleKeysButton } from '../parts/single-keys.ts';

interface Found {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly emails: readonly string[];
  readonly phones: readonly string[];
  readonly addresses: readonly { readonly city: string | null }[];
  readonly company: { readonly name: string } | null;
}

/** Asked at each pause of typing: one statement, the best twenty. */
export const findQuestion = `query Find($search: String!) { clients(first: 20, search: $search) { edges { node {
  id kind name emails phones addresses { city } company { name } } } } }`;

const longest = 200;

/** Clients that what was typed finds, the best first; nothing typed finds nobody. */
export async function findClients(view: View, typed: string): Promise<readonly Found[]> {
  const search = typed.trim().slice(0, longest);
  if (search === '') return [];
  const { clients } = await view.ask<{ readonly clients: { readonly edges: readonly { readonly node: Found }[] } }>(
    findQuestion,
    {
      search,
    },
  );
  return clients.edges.map(({ node }) => node);
}

const line = (t: Words, { id, kind, name, emails, phones, addresses, company }: Found): Html => html`<li>
<a href="/console/clients/${id}"><span class="kind">${t.code('kind', kind)}</span> <strong dir="auto">${name}</strong>
<span class="facts" dir="auto">${[company?.name, emails[0], phones[0], addresses[0]?.city].filter(Boolean).join(' · ')}</span></a></li>`;

/** The list alone: the page's script puts it in while one types. */
export const findResults = ({ t }: View, typed: string, found: readonly Found[]): Html => html`
<p role="status" class="count">${typed.trim() === '' ? t('find.hint') : found.length === 0 ? t('find.none') : found.length === 20 ? t('find.first') : t('find.found', { n: found.length })}</p>
<ol class="found">${found.map((one) => line(t, one))}</ol>`;

/** The one box. What is typed goes in the body of the request, never in an address. */
export const findPage = (
  view: View,
  typed: string,
  found: readonly Found[],
  { said, red = nothing }: { readonly said?: string; readonly red?: Html } = {},
): Html => {
  const { t } = view;
  return page(view, {
    title: t('find.title'),
    said,
    body: html`${red}<h1>${t('find.title')}</h1>
<form method="post" action="/console/find" id="find" role="search">${csrfField(view)}
<label for="q">${t('find.label')}</label>
<div class="row"><input id="q" name="q" type="search" value="${typed}" maxlength="${longest}" autocomplete="off" spellcheck="false" autofocus aria-describedby="keys" dir="auto">
<button class="main">${t('find.go')}</button></div>
<p class="hint"><span id="keys">${t('find.keys')}</span> ${singleKeysButton(view)}</p>
</form>
<section id="results" aria-label="${t('find.results')}">${findResults(view, typed, found)}</section>
${view.mayRead('privacy-requests') ? html`<p><a href="/console/privacy/new">${t('find.privacy')}</a></p>` : nothing}`,
  });
};
