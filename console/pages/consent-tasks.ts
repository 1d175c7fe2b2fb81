import { html } from 'hono/html';
import { page } from '../page.ts';
import { dataPlaces } from '../parts/data-places.ts';
import { csrfField, day, type Html, nothing, type View } from '../view.ts';

/** Something about what one client allows that a person must see to. */
export interface ConsentTask {
  readonly taskId: string;
  readonly reason: string;
  readonly clientId: string;
  readonly linkedSystemId: string | null;
  readonly purpose: string | null;
  readonly channel: string | null;
  readonly openedAt: string;
}

export interface ConsentTasks {
  readonly all: readonly ConsentTask[];
  /** Of those shown. */
  readonly names: ReadonlyMap<string, string>;
  readonly from: number;
}

/** As many as a page shows. */
export const consentTasksShown = 20;

const taskPart = (view: View, one: ConsentTask, name: string | undefined): Html => {
  const { t } = view;
  const about =
    one.purpose === null || one.channel === null
      ? nothing
      : html` <span class="badge">${t.code('purpose', one.purpose)}, ${t.code('channel', one.channel)}</span>`;
  return html`<li class="card"><h2>${name === undefined ? html`<code>${one.clientId.slice(-8)}</code>` : html`<a href="/console/clients/${one.clientId}" dir="auto">${name}</a>`}${about}</h2>
<p>${one.linkedSystemId === null ? nothing : html`<strong>${one.linkedSystemId}</strong>: `}${t.code('consentTask', one.reason)} ${t('consentTasks.since')} ${day(t, one.openedAt)}.</p>
<div class="row">${one.linkedSystemId === null ? nothing : html`<form method="post" action="/console/data/tasks">${csrfField(view)}<input type="hidden" name="taskId" value="${one.taskId}"><button name="answer" value="look-again" class="main">${t('taskAnswer.look-again')}</button></form>`}
<details class="form"><summary>${t('consentTasks.done')}</summary><form method="post" action="/console/data/tasks">${csrfField(view)}<input type="hidden" name="taskId" value="${one.taskId}">
<label>${t('consentTasks.evidence')}<input name="evidence" required minlength="3" maxlength="400" autocomplete="off"></label><p class="hint">${t('privacy.noPersonalData')}</p>
<button name="answer" value="done">${t('consentTasks.done')}</button></form></details></div></li>`;
};

/** Systems that do not take a no or a yes, and children who came of age; each is looked at again or settled with its proof. */
export const consentTasksPage = (
  view: View,
  { all, names, from }: ConsentTasks,
  told: { readonly said?: string; readonly trouble?: string } = {},
): Html => {
  const { t } = view;
  const shown = all.slice(from, from + consentTasksShown);
  return page(view, {
    title: t('consentTasks.title'),
    ...told,
    body: html`${dataPlaces(view)}<h1>${t('consentTasks.title')}</h1><p>${t('consentTasks.intro')}</p>
${all.length === 0 ? html`<p class="empty">${t('consentTasks.none')}</p>` : html`<p role="status">${t('retention.waiting', { n: all.length })}</p><ul class="cards">${shown.map((one) => taskPart(view, one, names.get(one.clientId)))}</ul>`}
${from + consentTasksShown < all.length ? html`<p><a class="button" href="/console/data/tasks?from=${from + consentTasksShown}">${t('audit.more')}</a></p>` : nothing}`,
  });
};
