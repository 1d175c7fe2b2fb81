import { html } from 'hono/html';
import { type Html, publicPage } from '../public-page.ts';
import { type PageLanguage, pageWords } from './words.ts';

const page = (given: { readonly language: PageLanguage; readonly nonce: string; readonly body: Html }): Html =>
  publicPage({ ...given, title: pageWords[given.language].title });

/** One line of the page: a purpose on a channel, and what holds. */
export interface PreferenceLine {
  readonly purpose: string;
  readonly channel: string;
  readonly allowed: boolean;
  /** The purpose's name, and what the person agrees to, where it is configured. */
  readonly title: string;
  readonly text?: string;
}

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
