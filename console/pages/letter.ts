import { html } from 'hono/html';
import { page } from '../page.ts';
import type { Html, View } from '../view.ts';
import { languages } from '../words.ts';

export interface Letter {
  readonly requestId: string;
  readonly kind: string;
  readonly language: string;
  readonly text: string;
}

/** A letter that Ficha wrote to the person: read it, fill in the reason where there is one, print or download it. */
export const letterPage = (view: View, { requestId, kind, language, text }: Letter): Html => {
  const { t } = view;
  const path = `/console/privacy/${requestId}/letter/${kind}`;
  return page(view, {
    title: t.code('notice', kind),
    body: html`<h1>${t.code('notice', kind)} <code>${requestId.slice(-8)}</code></h1>
<nav class="places" aria-label="${t('privacy.noticeIn')}"><ul>${languages.map((one) => html`<li><a href="${path}?language=${one}" lang="${one}" hreflang="${one}"${one === language ? html` aria-current="page"` : html``}>${one}</a></li>`)}</ul></nav>
<pre class="letter" lang="${language}" tabindex="0" role="region" aria-label="${t.code('notice', kind)}">${text}</pre>
<p class="actions"><button type="button" data-print hidden>${t('data.print')}</button> <a class="button" href="/console/privacy/${requestId}/notice/${kind}?language=${language}" download="${kind}-${language}.txt">${t('audit.export')}</a>
<a class="button" href="/console/privacy/${requestId}">${t('open.back')}</a></p>`,
  });
};
