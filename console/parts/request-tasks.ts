import { html } from 'hono/html';
import { type PrivacyRequest, systemTitle, type Task } from '../request-question.ts';
import { csrfField, day, type Html, nothing, type View } from '../view.ts';

/** A place in somebody else's text that may speak of the person, with the words around it. */
export interface Mention {
  readonly id: string;
  readonly field: string;
  readonly context: string | null;
}

/** The places that tasks ask about; the look is audited, so they are fetched only when one is asked about. */
export async function mentionsFor(view: View, { id, tasks }: PrivacyRequest): Promise<readonly Mention[]> {
  if (!tasks.some(({ mentionId }) => mentionId !== null)) return [];
  return (await view.order<{ readonly mentions: readonly Mention[] }>('GET', `/v1/requests/${id}/mentions`)).mentions;
}

const aboutLine = ({ t }: View, { plan }: PrivacyRequest, { planLineId }: Task): Html => {
  const line = plan.find(({ id }) => id === planLineId);
  if (line === undefined) return nothing;
  const left = line.residue.length === 0 ? '' : `: ${line.residue.join('; ')}`;
  return html`<p>${t.code('kind', line.kind)}, ${t.code('action', line.action)}${left}</p>`;
};

/** The system that a task is about: its page says what no call reaches there. */
const whereOf = (view: View, { systems }: PrivacyRequest, { linkedSystemId }: Task): Html | string => {
  if (linkedSystemId === null) return '';
  const title = systemTitle(systems, linkedSystemId);
  return view.mayRead('linked-systems') ? html`<a href="/console/systems/${linkedSystemId}">${title}</a>` : title;
};

const taskPart = (view: View, request: PrivacyRequest, task: Task, mentions: readonly Mention[]): Html => {
  const { t } = view;
  const takesProof = task.answers.includes('done');
  const mention = mentions.find(({ id }) => id === task.mentionId);
  return html`<li><p><strong>${t.code('task', task.reason)}</strong> ${whereOf(view, request, task)} <small>${day(t, task.openedAt)}</small></p>
<p class="hint">${t.code('taskWhy', task.reason)}</p>
${aboutLine(view, request, task)}
${mention?.context == null ? nothing : html`<blockquote dir="auto">${mention.context}</blockquote>`}
<form method="post" action="/console/privacy/${request.id}/task"${takesProof ? html` enctype="multipart/form-data"` : nothing}>${csrfField(view)}
<input type="hidden" name="taskId" value="${task.id}">
${takesProof ? html`<label>${t('privacy.proofFile')}<input type="file" name="proof"></label>` : nothing}
<div class="row">${task.answers.map((answer) => html`<button name="answer" value="${answer}">${t.code('taskAnswer', answer)}</button>`)}</div></form></li>`;
};

/** What waits for a person, above everything else, in red. */
export const tasksPart = (view: View, request: PrivacyRequest, mentions: readonly Mention[]): Html =>
  request.tasks.length === 0
    ? nothing
    : html`<section class="tasks alarm" aria-labelledby="tasks"><h2 id="tasks">${view.t('privacy.tasks', { n: request.tasks.length })}</h2>
<ul>${request.tasks.map((task) => taskPart(view, request, task, mentions))}</ul></section>`;
