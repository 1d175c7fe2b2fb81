import { html } from 'hono/html';
import { page } from '../page.ts';
import type { ConnectorAbout, ConnectorSetting } from '../../schemas/types.ts';
import { csrfField, type Html, nothing, type View } from '../view.ts';
import type { Key } from '../words.ts';
import { aboutPart, saidBy } from '../parts/connector-about.ts';
import { type Checked, checkedPart, missingVerbs } from '../parts/system-checked.ts';
import { type Preview, previewPart } from '../parts/system-preview.ts';

type Form = Readonly<Record<string, unknown>>;
type Setting = ConnectorSetting;

const text = (form: Form, name: string): string => (typeof form[name] === 'string' ? form[name].trim() : '');

/** A typed field as its schema wants it; what does not fit goes as it is and the server says what is wrong. */
function valueOf({ type }: Setting, typed: string): unknown {
  if (type === 'integer' || type === 'number') return Number(typed);
  if (type === 'boolean') return typed === 'true';
  if (type === 'list') return typed.split(/\r?\n/).flatMap((line) => line.trim() || []);
  if (type !== 'array' && type !== 'object') return typed;
  try {
    return JSON.parse(typed) as unknown; // checked against the connector's schema on the server
  } catch {
    return typed;
  }
}

/** The command of a filled form. Empty fields are left out, so that the connector's defaults hold. */
export function linkOf(about: ConnectorAbout, form: Form): Readonly<Record<string, unknown>> {
  const settings = about.settings.flatMap((setting) => {
    const typed = text(form, `config.${setting.name}`);
    return typed === '' ? [] : [[setting.name, valueOf(setting, typed)] as const];
  });
  const secrets = about.secrets.flatMap((name) => {
    const typed = text(form, `secret.${name}`);
    return typed === '' ? [] : [[name, typed] as const];
  });
  const every = text(form, 'syncEveryMinutes');
  return {
    id: text(form, 'id'),
    connector: about.name,
    title: text(form, 'title'),
    config: { ...Object.fromEntries(settings), ...(secrets.length === 0 ? {} : { secrets: Object.fromEntries(secrets) }) },
    ...(every === '' ? {} : { syncEveryMinutes: Number(every) }),
  };
}

/** Which connector. */
export const chooseConnectorPage = (view: View, connectors: readonly ConnectorAbout[]): Html =>
  page(view, {
    title: view.t('link.title'),
    body: html`<h1>${view.t('link.title')}</h1><p>${view.t('link.choose')}</p>
<ul class="tiles">${connectors.toSorted((one, other) => one.title.localeCompare(other.title)).map(({ name, title }) => html`<li><a href="/console/systems/new/${name}">${title}</a></li>`)}</ul>`,
  });

const control = (setting: Setting, value: string): Html => {
  const { name, type, choices } = setting;
  const attributes = html`id="config.${name}" name="config.${name}"${setting.required ? html` required` : nothing} aria-describedby="hint.${name}"`;
  if (choices.length > 0 || type === 'boolean') {
    const offered = type === 'boolean' ? ['true', 'false'] : choices;
    return html`<select ${attributes}><option value=""></option>${offered.map((one) => html`<option value="${one}"${one === value ? html` selected` : nothing}>${one}</option>`)}</select>`;
  }
  return type === 'list' || type === 'array' || type === 'object'
    ? html`<textarea rows="3" ${attributes} placeholder="${setting.example ?? setting.default ?? ''}">${value}</textarea>`
    : html`<input ${attributes} value="${value}" placeholder="${setting.default ?? ''}"${type === 'integer' ? html` inputmode="numeric"` : nothing}>`;
};

/** How to write what does not fit on a line. */
const ways: Partial<Readonly<Record<Setting['type'], Key>>> = {
  list: 'link.oneALine',
  array: 'link.asJson',
  object: 'link.asJson',
};

/** How to write it, what it is, and its name where the link is a file. */
const hintOf = ({ t }: View, { name, type, description }: Setting, said: ReturnType<typeof saidBy>): Html => {
  const way = ways[type];
  const words = [
    ...(way === undefined ? [] : [html`${t(way)} `]),
    ...(description === '' ? [] : [html`${said(description)} · `]),
  ];
  return html`${words}<code>${name}</code>`;
};

/** The form that the connector's schema asks for. Secrets are references, never values. */
export const linkPage = (
  view: View,
  about: ConnectorAbout,
  form: Form,
  told: { readonly trouble?: string; readonly checked?: Checked; readonly preview?: Preview } = {},
): Html => {
  const { t } = view;
  const said = saidBy(view, about);
  const field = (name: string, label: string, inside: Html, hint: Html | string): Html =>
    html`<div class="field"><label for="${name}">${label}</label>${inside}<p class="hint" id="hint.${name.replace(/^(config|secret)\./, '')}">${hint}</p></div>`;
  const plain = (name: string, label: string, hint: string, value: string, more: Html = nothing): Html =>
    field(name, label, html`<input id="${name}" name="${name}" value="${value}" aria-describedby="hint.${name}"${more}>`, hint);
  return page(view, {
    title: t('link.titleOf', { connector: about.title }),
    ...(told.trouble === undefined ? {} : { trouble: told.trouble }),
    body: html`<h1>${t('link.titleOf', { connector: about.title })}</h1>
${checkedPart(view, told.checked)}${previewPart(view, told.preview)}
<form method="post" action="/console/systems/new/${about.name}">${csrfField(view)}
${plain('id', t('link.id'), t('link.idHint'), text(form, 'id') || about.name, html` required pattern="[a-z0-9][a-z0-9\\-]{0,62}"`)}
${plain('title', t('link.name'), t('link.nameHint'), text(form, 'title') || about.title, html` required`)}
${plain('syncEveryMinutes', t('systems.every'), t('link.everyHint'), text(form, 'syncEveryMinutes'), html` inputmode="numeric"`)}
${about.settings.map((setting) => field(`config.${setting.name}`, `${t.code('setting', setting.name)}${setting.required ? ' *' : ''}`, control(setting, text(form, `config.${setting.name}`)), hintOf(view, setting, said)))}
${
  about.secrets.length === 0
    ? nothing
    : html`<fieldset><legend>${t('link.secrets')}</legend><p class="hint">${t('link.secretsHint')}</p>
${about.secrets.map((name) => html`<div class="field"><label for="secret.${name}">${t.code('secret', name)}</label><input id="secret.${name}" name="secret.${name}" value="${text(form, `secret.${name}`)}" placeholder="env:NAME" autocomplete="off" aria-describedby="hint.${name}"><p class="hint" id="hint.${name}"><code>${name}</code></p></div>`)}</fieldset>`
}
<div class="row"><button name="what" value="check">${t('systems.check')}</button><button name="what" value="preview">${t('preview.go')}</button><button name="what" value="link" class="main">${t('link.go')}</button></div>
</form>
${aboutPart(view, about, missingVerbs(told.checked))}`,
  });
};
