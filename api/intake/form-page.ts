import { html } from 'hono/html';
import type { PageLanguage } from '../preferences/words.ts';
import { type Html, publicPage } from '../public-page.ts';
import { type FormType, formFields, formTypes, formWords } from './words.ts';

/** Where a page is shown: its language, and what its style is let in by. */
export interface Shown {
  readonly language: PageLanguage;
  readonly nonce: string;
}

const page = (shown: Shown, title: string, body: Html): Html => publicPage({ ...shown, title, body });

/** What a person can ask for, one link each. */
export const choicePage = (shown: Shown): Html => {
  const words = formWords[shown.language];
  return page(
    shown,
    words.title,
    html`<p>${words.intro}</p>
<ul>${formTypes.map((type) => html`<li><p><a href="/rights/${type}?lang=${shown.language}">${words.types[type].title}</a><br>${words.types[type].text}</p></li>`)}</ul>`,
  );
};

/** What was wrong with a form that was sent, by its field. */
export interface Wrong {
  readonly email?: boolean;
  readonly new?: boolean;
}

interface Field {
  readonly name: string;
  readonly label: string;
  readonly attributes?: Html;
  readonly hint?: string;
  readonly wrong?: string | undefined;
}

/** A labelled field with its hint and its fault, both read out with it. */
const field = ({ name, label, attributes, hint, wrong }: Field): Html => {
  const described = [hint === undefined ? '' : `${name}-hint`, wrong === undefined ? '' : `${name}-wrong`]
    .filter(Boolean)
    .join(' ');
  return html`<p><label for="${name}">${label}</label>
<input id="${name}" name="${name}" maxlength="300"${attributes ?? ''}${described === '' ? '' : html` aria-describedby="${described}"`}${wrong === undefined ? '' : html` aria-invalid="true"`}>
${hint === undefined ? '' : html`<span id="${name}-hint">${hint}</span>`}</p>
${wrong === undefined ? '' : html`<p role="alert" id="${name}-wrong">${wrong}</p>`}`;
};

/** The form of one right. What was typed is not shown again: whoever looks at the screen after must not read it. */
export const formPage = (shown: Shown, type: FormType, wrong: Wrong = {}): Html => {
  const words = formWords[shown.language];
  const correction = html`<p><label for="field">${words.field}</label>
<select id="field" name="field">${formFields.map((one) => html`<option value="${one}">${words.fields[one]}</option>`)}</select></p>
${field({ name: 'old', label: words.old })}
${field({ name: 'new', label: words.new, attributes: html` required`, wrong: wrong.new ? words.newMissing : undefined })}`;
  const email = html` type="email" required autocomplete="email" spellcheck="false"`;
  return page(
    shown,
    words.types[type].title,
    html`<p>${words.types[type].text}</p>
<form method="post" action="/rights/${type}?lang=${shown.language}">
${field({ name: 'email', label: words.email, attributes: email, hint: words.emailHint, wrong: wrong.email ? words.emailWrong : undefined })}
${type === 'rectification' ? correction : ''}
<button type="submit">${words.send}</button>
</form>
<p><a href="/rights?lang=${shown.language}">${words.back}</a></p>`,
  );
};

/** A page that says one thing. */
export const saidPage = (shown: Shown, said: string): Html => {
  const words = formWords[shown.language];
  return page(
    shown,
    words.title,
    html`<p role="status">${said}</p><p><a href="/rights?lang=${shown.language}">${words.back}</a></p>`,
  );
};

/** The page behind the link in the mail; it does nothing until the button is pressed, since mail scanners follow links. */
export const confirmPage = (shown: Shown): Html => {
  const words = formWords[shown.language];
  return page(
    shown,
    words.title,
    html`<p>${words.confirmText}</p>
<form method="post" action="?lang=${shown.language}"><button type="submit">${words.confirm}</button></form>`,
  );
};
