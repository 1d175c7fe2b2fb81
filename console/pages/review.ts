import { html } from 'hono/html';
import { Refused } from '../back-end.ts';
import { page } from '../page.ts';
import { singleKeysButton } from '../parts/single-keys.ts';
import { type MatchReason, reasonWords, ruleWords } from '../parts/match-words.ts';
import { csrfField, type Html, nothing, type View } from '../view.ts';

interface Side {
  readonly recordId: string;
  readonly clientId: string;
  readonly linkedSystemId: string;
  readonly externalId: string;
  readonly fields: readonly { readonly field: string; readonly value: string }[];
}

export interface Review {
  readonly id: string;
  readonly state: string;
  readonly answer: string | null;
  readonly reason: string;
  readonly reasonInWords: string;
  readonly clientIds: readonly string[];
  readonly pairs: number;
  readonly records: number;
  readonly sides: readonly Side[];
  readonly why: readonly { readonly reasons: readonly MatchReason[] }[];
}

export interface Effect {
  readonly decisionId: string | null;
  readonly parts: readonly {
    readonly records: number;
    readonly sales: number;
    readonly interactions: number;
    readonly consents: number;
  }[];
}

export const nextReviewsQuestion = '{ reviewCount reviews(first: 2) { edges { node { id } } } }';
export const reviewQuestion = `query Review($id: ID!) { reviewCount review(id: $id) { id state answer reason reasonInWords clientIds pairs records
  sides { recordId clientId linkedSystemId externalId fields { field value } } why { reasons { speaks code number words weight } } } }`;

export async function nextReviewId(view: View): Promise<string | undefined> {
  const { reviews } = await view.ask<{
    readonly reviews: { readonly edges: readonly { readonly node: { readonly id: string } }[] };
  }>(nextReviewsQuestion);
  return reviews.edges[0]?.node.id;
}

/** What an answer would bring about, or why it cannot be given now. */
export type Foreseen = Effect | { readonly refused: string };

/** What an answer would bring about, before it is given. */
export async function previewOf(view: View, taskId: string, answer: 'same' | 'different'): Promise<Foreseen> {
  try {
    return await view.order<Effect>('POST', '/v1/review-answers', { taskId, answer, dryRun: true });
  } catch (error) {
    if (error instanceof Refused && error.status === 409) return { refused: error.message };
    throw error;
  }
}

/** The values that one side holds for a field, each once. */
const valuesOf = ({ sides }: Review, clientId: string, field: string): readonly string[] => [
  ...new Set(
    sides
      .filter((side) => side.clientId === clientId)
      .flatMap(({ fields }) => fields.filter((one) => one.field === field).map(({ value }) => value)),
  ),
];

/** What tells people apart comes first. */
const whoFirst: readonly string[] = [
  'fullName',
  'givenName',
  'familyName',
  'companyName',
  'birthDate',
  'taxId',
  'emails',
  'phones',
  'addresses',
];

const comparison = ({ t }: View, review: Review): Html => {
  const [one = '', other = ''] = review.clientIds;
  const held = new Set(review.sides.flatMap((side) => side.fields.map(({ field }) => field)));
  const fields = [...whoFirst.filter((field) => held.has(field)), ...[...held].filter((field) => !whoFirst.includes(field))];
  const names = (clientId: string): string =>
    review.sides
      .filter((side) => side.clientId === clientId)
      .map((side) => `${side.linkedSystemId}:${side.externalId}`)
      .join(' ');
  const row = (field: string): Html => {
    const [left, right] = [valuesOf(review, one, field), valuesOf(review, other, field)];
    const agrees = left.some((value) => right.includes(value));
    const tone = left.length === 0 || right.length === 0 ? '' : agrees ? 'agrees' : 'differs';
    return html`<tr class="${tone}"><th scope="row">${t.code('field', field)}</th><td dir="auto">${left.join(' | ')}</td><td dir="auto">${right.join(' | ')}</td><td>${tone === '' ? '' : t.code('review', tone)}</td></tr>`;
  };
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${t('review.side')}"><table class="compare"><thead><tr><td></td><th scope="col">${t('review.one')}<br><small>${names(one)}</small></th><th scope="col">${t('review.other')}<br><small>${names(other)}</small></th><th scope="col">${t('review.verdict')}</th></tr></thead>
<tbody>${fields.map(row)}</tbody></table></div>`;
};

const reasons = ({ t }: View, { why }: Review): Html => {
  const [best] = why;
  if (best === undefined) return nothing;
  const sign: Readonly<Record<string, string>> = { for: '+', against: '−' };
  return html`<h2>${t('review.reasons')}</h2><ul class="reasons">${best.reasons.map((one) => html`<li class="${one.speaks}"><span aria-hidden="true">${sign[one.speaks] ?? '·'}</span> ${reasonWords(t, one)}${one.weight === null ? '' : ` (${t.number(one.weight, { maximumFractionDigits: 1, signDisplay: 'always' })} bits)`}</li>`)}</ul>`;
};

const effectWords = ({ t }: View, foreseen: Foreseen): Html =>
  'refused' in foreseen
    ? html`<p class="warning">${foreseen.refused}</p>`
    : html`<ul>${foreseen.parts.map(({ records, sales, interactions, consents }) => html`<li>${t('review.holds', { records, sales, interactions, consents })}</li>`)}</ul>`;

const undoPart = (view: View, taskId: string): Html =>
  html`<form method="post" action="/console/reviews/${taskId}/undo" class="row">${csrfField(view)}<button data-key="u">${view.t('review.undo')} <kbd>U</kbd></button></form>`;

export interface Told {
  readonly said?: string;
  readonly trouble?: string;
  /** The review that was answered just now, to take back. */
  readonly answered?: string | undefined;
}

/** Two clients side by side. One answer settles every pair of their records. */
export const reviewPage = (
  view: View,
  review: Review,
  waiting: number,
  effects: { readonly same: Foreseen; readonly different: Foreseen },
  { answered, ...told }: Told,
): Html => {
  const { t } = view;
  return page(view, {
    title: t('review.title'),
    ...told,
    body: html`<h1>${t('review.title')}</h1>
${answered === undefined ? nothing : undoPart(view, answered)}
<p><strong>${ruleWords(t, review.reason, review.reasonInWords)}</strong> <small>${t('review.waiting', { n: waiting })}. ${t('review.pairs', { n: review.pairs })}</small></p>
${reasons(view, review)}
${comparison(view, review)}
<form method="post" action="/console/reviews/${review.id}" class="answers">${csrfField(view)}
<button name="answer" value="same" data-key="s">${t('review.same')} <kbd>S</kbd></button>
<button name="answer" value="different" data-key="d">${t('review.different')} <kbd>D</kbd></button>
<button name="answer" value="later" data-key="l">${t('review.later')} <kbd>L</kbd></button>
</form>
<details${'refused' in effects.same || 'refused' in effects.different ? html` open` : nothing}><summary>${t('review.effect')}</summary><h3>${t('review.same')}</h3>${effectWords(view, effects.same)}<h3>${t('review.different')}</h3>${effectWords(view, effects.different)}</details>
<p class="hint">${t('review.keys')} ${singleKeysButton(view)}</p>`,
  });
};

/** Nothing waits. */
export const noReviewPage = (view: View, { answered, ...told }: Told): Html =>
  page(view, {
    title: view.t('review.title'),
    ...told,
    body: html`<h1>${view.t('review.title')}</h1>${answered === undefined ? nothing : undoPart(view, answered)}<p class="empty">${view.t('review.none')}</p>`,
  });
