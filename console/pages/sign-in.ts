import { html } from 'hono/html';
import type { Role } from '../../domain/access/role.ts';
import { outerPage } from '../page.ts';
import { type Html, nothing } from '../view.ts';
import type { Words } from '../words.ts';

export interface SignInOffer {
  /** Sample users, in development only. */
  readonly samples: readonly Role[];
  /** Whether an OpenID provider is set. */
  readonly provider: boolean;
  /** Why one is here again: signed out, idle. */
  readonly said?: string | undefined;
  readonly trouble?: string | undefined;
}

/** Where everybody begins: the company's sign-in, a sample user in development, or a token. */
export const signInPage = (t: Words, { samples, provider, said, trouble }: SignInOffer): Html =>
  outerPage(t, {
    title: t('signIn.title'),
    said,
    trouble,
    body: html`<h1>${t('signIn.title')}</h1>
<p>${t('signIn.intro')}</p>
${provider ? html`<p><a class="button main" href="/console/sign-in/provider">${t('signIn.provider')}</a></p>` : nothing}
${
  samples.length === 0
    ? nothing
    : html`<section aria-labelledby="samples"><h2 id="samples">${t('signIn.samples')}</h2><p>${t('signIn.samplesWhy')}</p>
<form method="post" action="/console/sign-in" class="row">
${samples.map((role) => html`<button name="role" value="${role}">${t.code('role', role)}</button>`)}
</form></section>`
}
<details${provider || samples.length > 0 ? nothing : html` open`}><summary>${t('signIn.withToken')}</summary>
<form method="post" action="/console/sign-in">
<label for="token">${t('signIn.token')}</label>
<input id="token" name="token" type="password" autocomplete="off" required>
<p class="hint">${t('signIn.tokenHint')}</p>
<button>${t('signIn.go')}</button>
</form></details>`,
  });
