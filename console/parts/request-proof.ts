import { html } from 'hono/html';
import { type PrivacyRequest, systemTitle } from '../request-question.ts';
import { csrfField, type Html, moment, nothing, type View } from '../view.ts';
import { languages } from '../words.ts';

/** The letter to the person, in their own language or in another. */
export const noticePart = ({ t }: View, { id }: PrivacyRequest, kind: string): Html =>
  html`<p><a class="button" href="/console/privacy/${id}/letter/${kind}">${t.code('notice', kind)}</a> <small>${t('privacy.noticeOwn')}</small></p>`;

/** Every answer of every system, and the files that prove what was done by hand. */
const evidencePart = ({ t }: View, { id, evidence, systems }: PrivacyRequest): Html => {
  if (evidence.length === 0) return html`<p class="empty">${t('privacy.noEvidence')}</p>`;
  const proof = (one: PrivacyRequest['evidence'][number]): Html =>
    one.verb === 'manual' && one.digest !== null
      ? html`<a href="/console/privacy/${id}/evidence/${one.id}" download>${t('privacy.proofUploaded')}</a>`
      : html`<code>${one.digest?.slice(0, 12) ?? ''}</code>`;
  return html`<details class="form"><summary>${t('privacy.evidence', { n: evidence.length })}</summary><div class="scroll" tabindex="0" role="region" aria-label="${t('privacy.proof')}"><table><thead><tr><th scope="col">${t('audit.when')}</th><th scope="col">${t('systems.name')}</th><th scope="col">${t('privacy.step')}</th><th scope="col">${t('told.answer')}</th><th scope="col">${t('privacy.proof')}</th></tr></thead>
<tbody>${evidence.map((one) => html`<tr><td>${moment(t, one.at)}</td><td>${systemTitle(systems, one.linkedSystemId)}</td><td>${t.code('verb', one.verb)}</td><td>${t.code('result', one.result)}</td><td>${proof(one)}</td></tr>`)}</tbody></table></div></details>`;
};

const certificateLinks = ({ t }: View, { id, certificate }: PrivacyRequest): Html =>
  certificate === null
    ? nothing
    : html`<li><a class="button main" href="/console/privacy/${id}/certificate" download>${t('privacy.certificate')}</a> <span class="in-languages">${t('privacy.toRead')} ${languages.map((language) => html`<span><a href="/console/privacy/${id}/certificate?language=${language}" lang="${language}" hreflang="${language}">${language}</a> <a href="/console/privacy/${id}/certificate?as=pdf&language=${language}" lang="${language}" hreflang="${language}" aria-label="${t('privacy.certificate')}, ${language}, PDF">PDF</a></span>`)}</span></li>`;

const packageLinks = (view: View, { id, type, outcome }: PrivacyRequest): Html =>
  (type !== 'access' && type !== 'portability') || outcome === null
    ? nothing
    : html`<li><a class="button" href="/console/privacy/${id}/package" download>${view.t('privacy.package')}</a></li>
<li><form method="post" action="/console/privacy/${id}/package-link">${csrfField(view)}<button>${view.t('privacy.packageLink')}</button></form></li>`;

/** What is kept of a request: while it runs the answers so far, afterwards the certificate, the package and the letter too. */
export const proofPart = (view: View, request: PrivacyRequest): Html => {
  const isOver = request.closedAt !== null;
  const lift = request.type === 'restriction' && isOver && request.outcome !== null;
  return html`<section aria-labelledby="proof"><h2 id="proof">${view.t('privacy.proof')}</h2>
${isOver ? html`<ul class="proofs">${certificateLinks(view, request)}${packageLinks(view, request)}</ul>` : nothing}
${evidencePart(view, request)}
${isOver ? noticePart(view, request, request.outcome === null ? 'refusal' : 'completion') : nothing}
${lift ? html`<details class="form"><summary>${view.t('privacy.lift')}</summary>${noticePart(view, request, 'lifting')}<form method="post" action="/console/privacy/${request.id}/lift">${csrfField(view)}<p class="hint">${view.t('privacy.liftWhy')}</p><button>${view.t('privacy.lift')}</button></form></details>` : nothing}</section>`;
};
