import { html } from 'hono/html';
import type { Reading } from '../domain/access/role.ts';
import { csrfField, type Html, nothing, type View } from './view.ts';
import { type Key, type Language, languages, type Words } from './words.ts';

interface Place {
  readonly path: string;
  readonly label: Key;
  readonly reading: Reading;
  /** Where pages of this place lie besides. */
  readonly also?: readonly string[];
}

const places: readonly Place[] = [
  { path: '/console', label: 'nav.find', reading: 'clients', also: ['/console/clients'] },
  { path: '/console/privacy', label: 'nav.privacy', reading: 'privacy-requests' },
  { path: '/console/reviews', label: 'nav.reviews', reading: 'reviews' },
  { path: '/console/systems', label: 'nav.systems', reading: 'linked-systems' },
  { path: '/console/data', label: 'nav.data', reading: 'linked-systems', also: ['/console/audit'] },
  { path: '/console/metrics', label: 'nav.metrics', reading: 'metrics' },
];

/** The whole script and style of every page: files of our own, nothing inline. */
export const contentPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

export interface Frame {
  readonly title: string;
  readonly body: Html;
  /** What just happened, said once. */
  readonly said?: string | undefined;
  /** What went wrong, said before everything else. */
  readonly trouble?: string | undefined;
}

const languageMenu = (t: Words): Html => html`<form method="post" action="/console/language" class="languages">
<fieldset><legend>${t('nav.language')}</legend>
${languages.map((language: Language) => html`<button name="language" value="${language}" lang="${language}"${language === t.language ? html` aria-pressed="true"` : html` aria-pressed="false"`}>${language}</button>`)}
</fieldset></form>`;

const head = (t: Words, title: string): Html => html`<!doctype html>
<html lang="${t.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · Ficha</title>
<link rel="icon" href="/console/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/console/style.css">
<script type="module" src="/console/live.js"></script>
</head>`;

const notices = ({ said, trouble }: Pick<Frame, 'said' | 'trouble'>): Html => html`
${trouble === undefined ? nothing : html`<p class="trouble" role="alert">${trouble}</p>`}
${said === undefined ? nothing : html`<p class="said" role="status">${said}</p>`}`;

/** Opened by the script before an idle page is left. @see WCAG 2.2, 2.2.1 */
const idleDialog = (t: Words): Html =>
  html`<dialog id="idle" aria-labelledby="idle-why"><p id="idle-why">${t('idle.soon')}</p><form method="dialog"><button class="main">${t('idle.stay')}</button></form></dialog>`;

/** A page of somebody who is signed in: menu, notices, what it is about. */
export function page(view: View, { title, body, said, trouble }: Frame): Html {
  const { t, path, session } = view;
  const open = places.filter(({ reading }) => view.mayRead(reading));
  const current = open.findLast(
    (place) =>
      path === place.path || [place.path, ...(place.also ?? [])].some((one) => one !== '/console' && path.startsWith(one)),
  );
  return html`${head(t, title)}
<body data-idle-minutes="${view.idleMinutes}">
<a class="skip" href="#main">${t('nav.skip')}</a>
<header class="top">
<a class="brand" href="/console">Ficha</a>
<nav aria-label="${t('nav.label')}"><ul>
${open.map((place) => html`<li><a href="${place.path}"${place === current ? html` aria-current="page"` : nothing}>${t(place.label)}</a></li>`)}
</ul></nav>
<div class="who">
${languageMenu(t)}
<form method="post" action="/console/sign-out">${csrfField(view)}<span class="subject">${session.subject}</span>
<button>${t('nav.signOut')}</button></form>
</div>
</header>
<main id="main" tabindex="-1">
${notices({ said, trouble })}
${body}
</main>
${idleDialog(t)}
</body>
</html>`;
}

/** A page of nobody yet: signing in. */
export const outerPage = (t: Words, { title, body, said, trouble }: Frame): Html => html`${head(t, title)}
<body>
<header class="top"><span class="brand">Ficha</span><div class="who">${languageMenu(t)}</div></header>
<main id="main">
${notices({ said, trouble })}
${body}
</main>
</body>
</html>`;
