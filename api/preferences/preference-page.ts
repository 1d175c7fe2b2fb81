import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import { type PageLanguage, pageLanguages, pageWords } from './words.ts';

type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** One line of the page: a purpose on a channel, and what holds. */
export interface PreferenceLine {
  readonly purpose: string;
  readonly channel: string;
  readonly allowed: boolean;
  /** The purpose's name, and what the person agrees to, where it is configured. */
  readonly title: string;
  readonly text?: string;
}

const style = `
:root { color-scheme: light dark; font: 1.0625rem/1.5 system-ui, sans-serif }
body { max-width: 40rem; margin: 0 auto; padding: 1rem }
fieldset { border: 1px solid; border-radius: .5rem; margin: 0 0 1rem; padding: .75rem 1rem }
label { display: inline-block; padding: .5rem 1.5rem .5rem 0 }
button { font: inherit; padding: .75rem 1.25rem; margin: .25rem .5rem .25rem 0; min-height: 2.75rem }
[role=status] { border-inline-start: .3rem solid; padding: .5rem 1rem }
html { background: Canvas; color: CanvasText }
nav a { color: inherit; display: inline-block; padding: .5rem }
:focus-visible { outline: 3px solid; outline-offset: 2px }`;

/** Lets the browser run this page's own style and nothing else: no script, no frame, no third party. */
export const pagePolicy = (nonce: string): string =>
  `default-src 'none'; style-src 'nonce-${nonce}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

interface Page {
  readonly language: PageLanguage;
  readonly nonce: string;
  readonly body: Html;
}

const page = ({ language, nonce, body }: Page): Html => html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${pageWords[language].title}</title>
<style nonce="${nonce}">${style}</style>
</head>
<body>
<nav aria-label="${pageLanguages.join(', ')}">
${pageLanguages.map((one) => html`<a href="?lang=${one}" lang="${one}" hreflang="${one}"${one === language ? html` aria-current="true"` : ''}>${one}</a>`)}
</nav>
<main>
<h1>${pageWords[language].title}</h1>
${body}
</main>
</body>
</html>`;

/** A page that says one thing: a link that does not hold. */
export const messagePage = (language: PageLanguage, nonce: string, message: string): Html =>
  page({ language, nonce, body: html`<p role="status">${message}</p>` });

const choice = (language: PageLanguage, { purpose, channel, allowed, title, text }: PreferenceLine): Html => {
  const words = pageWords[language];
  const name = `${purpose}.${channel}`;
  const radio = (value: string, label: string, checked: boolean): Html =>
    html`<label><input type="radio" name="${name}" value="${value}"${checked ? html` checked` : ''}> ${label}</label>`;
  return html`<fieldset>
<legend>${title}, ${words.channels[channel] ?? channel}</legend>
${text === undefined ? '' : html`<p>${text}</p>`}
${radio('granted', words.yes, allowed)} ${radio('denied', words.no, !allowed)}
</fieldset>`;
};

/** The page of one person: no name on it, since whoever holds the link sees it. */
export const preferencePage = (
  language: PageLanguage,
  nonce: string,
  { lines, always }: { readonly lines: readonly PreferenceLine[]; readonly always: readonly string[] },
  saved: boolean,
): Html => {
  const words = pageWords[language];
  return page({
    language,
    nonce,
    body: html`${saved ? html`<p role="status">${words.saved}</p>` : ''}
<p>${words.intro}</p>
<form method="post" action="?lang=${language}">
${lines.map((line) => choice(language, line))}
<button type="submit">${words.save}</button>
<button type="submit" name="all" value="denied">${words.stopAll}</button>
</form>
${always.length === 0 ? '' : html`<p>${words.always} ${always.join(', ')}.</p>`}`,
  });
};

/** The page by which a person confirms a yes; it does nothing until the button is pressed, since mail scanners follow links. */
export const confirmationPage = (language: PageLanguage, nonce: string, line: Omit<PreferenceLine, 'allowed'>): Html => {
  const words = pageWords[language];
  return page({
    language,
    nonce,
    body: html`<p>${words.confirmTitle}: <strong>${line.title}, ${words.channels[line.channel] ?? line.channel}</strong></p>
${line.text === undefined ? '' : html`<p>${line.text}</p>`}
<form method="post" action="?lang=${language}"><button type="submit">${words.confirm}</button></form>`,
  });
};
