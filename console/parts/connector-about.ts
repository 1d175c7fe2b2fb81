import { html } from 'hono/html';
import type { ConnectorAbout } from '../../schemas/types.ts';
import { type Html, nothing, type View } from '../view.ts';

/** What a connector says of itself, marked where it is not in the reader's language. */
export const saidBy =
  ({ t }: View, { language }: ConnectorAbout) =>
  (text: string): Html =>
    language === t.language ? html`${text}` : html`<span lang="${language}">${text}</span>`;

const erasePart = (view: View, about: ConnectorAbout): Html => {
  const { t } = view;
  const said = saidBy(view, about);
  const modes = about.eraseModes.map((mode) => t.code('erase', mode)).join(', ');
  const words = !about.erases
    ? t('systems.eraseNot')
    : modes === ''
      ? t('systems.eraseByItself')
      : t('systems.eraseModes', { modes });
  return html`<h2>${t('systems.erase')}</h2><p>${words}</p>
${about.eraseNotes.length === 0 ? nothing : html`<ul>${about.eraseNotes.map(({ kind, say }) => html`<li><strong>${t.code('kind', kind)}</strong>: ${said(say)}</li>`)}</ul>`}
${about.residue.length === 0 ? nothing : html`<p>${t('systems.residue')}</p><ul>${about.residue.map((place) => html`<li>${said(place)}</li>`)}</ul>`}
${about.keeps.length === 0 ? nothing : html`<p>${t('systems.keeps')}</p><ul>${about.keeps.map(({ kind, basis }) => html`<li>${t.code('kind', kind)}: ${said(basis)}</li>`)}</ul>`}`;
};

/**
 * What the connector can and cannot do there, erasure above all, and the rights it needs.
 * @param missing verbs that the last check found no right for
 */
export const aboutPart = (view: View, about: ConnectorAbout | undefined, missing: ReadonlySet<string> = new Set()): Html => {
  if (about === undefined) return nothing;
  const { t } = view;
  const said = saidBy(view, about);
  const verbWords = (verbs: readonly string[]): string => verbs.map((verb) => t.code('verb', verb)).join(', ');
  const scope = ({ scope: name, verbs, grant }: ConnectorAbout['scopes'][number]): Html => {
    const isMissing = verbs.some((verb) => missing.has(verb));
    return html`<li class="${isMissing ? 'alarm' : ''}">${isMissing ? html`<strong>${t('systems.scopeMissing')}</strong> ` : nothing}<strong>${said(name)}</strong> (${verbWords(verbs)}). ${t('systems.grantAt')} ${said(grant)}</li>`;
  };
  return html`${erasePart(view, about)}
${about.gaps.length === 0 ? nothing : html`<h2>${t('systems.gaps')}</h2><ul>${about.gaps.map(({ verb, say }) => html`<li><strong>${t.code('verb', verb)}</strong>: ${said(say)}</li>`)}</ul>`}
${about.scopes.length === 0 ? nothing : html`<h2>${t('systems.scopes')}</h2><ul class="scopes">${about.scopes.map(scope)}</ul>`}
<p>${t('systems.region')}: ${about.region.join(', ') || '—'}${about.transferBasis === null ? nothing : html`; ${said(about.transferBasis)}`}
${about.docs.startsWith('https://') ? html` <a href="${about.docs}" rel="noreferrer">${t('systems.docs')}</a>` : nothing}</p>`;
};
