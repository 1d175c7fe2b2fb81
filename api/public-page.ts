import type { Context } from 'hono';
import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import { type PageLanguage, pageLanguage, pageLanguages } from './preferences/words.ts';

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** The language that the page is asked for in, else the browser's. */
export const languageOf = (c: Context): PageLanguage => pageLanguage(c.req.query('lang'), c.req.header('accept-language'));

/** Sends a page that nobody else may keep, frame or learn of. */
export const answered = (
  c: Context,
  status: 200 | 400 | 404 | 410 | 429 | 503,
  body: unknown,
  nonce: string,
): Response | Promise<Response> =>
  c.html(body as string, status, {
    'content-security-policy': pagePolicy(nonce),
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });

const style = `
:root { color-scheme: light dark; font: 1.0625rem/1.5 system-ui, sans-serif }
body { max-width: 40rem; margin: 0 auto; padding: 1rem }
fieldset { border: 1px solid; border-radius: .5rem; margin: 0 0 1rem; padding: .75rem 1rem }
label { display: inline-block; padding: .5rem 1.5rem .5rem 0 }
input:not([type=radio]), select { font: inherit; padding: .5rem; width: 100%; box-sizing: border-box; min-height: 2.75rem }
form p label { padding-bottom: .25rem }
[role=alert] { border-inline-start: .3rem solid; padding: .5rem 1rem; font-weight: 600 }
button { font: inherit; padding: .75rem 1.25rem; margin: .25rem .5rem .25rem 0; min-height: 2.75rem }
[role=status] { border-inline-start: .3rem solid; padding: .5rem 1rem }
html { background: Canvas; color: CanvasText }
nav a { color: inherit; display: inline-block; padding: .5rem }
:focus-visible { outline: 3px solid; outline-offset: 2px }`;

/** Lets the browser run this page's own style and nothing else: no script, no frame, no third party. */
export const pagePolicy = (nonce: string): string =>
  `default-src 'none'; style-src 'nonce-${nonce}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

/** A page that people reach without a login. */
export interface PublicPage {
  readonly language: PageLanguage;
  readonly nonce: string;
  readonly title: string;
  readonly body: Html;
}

/** One page in one language: it works without any script, and the other languages are a link away. */
export const publicPage = ({ language, nonce, title, body }: PublicPage): Html => html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style nonce="${nonce}">${style}</style>
</head>
<body>
<nav aria-label="${pageLanguages.join(', ')}">
${pageLanguages.map((one) => html`<a href="?lang=${one}" lang="${one}" hreflang="${one}"${one === language ? html` aria-current="true"` : ''}>${one}</a>`)}
</nav>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>`;
