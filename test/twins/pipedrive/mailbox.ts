import type { TwinAnswer } from '../kit/twin.ts';
import type { TwinClock } from '../kit/twin-clock.ts';
import type { Handler } from '../kit/twin-http.ts';
import { paged } from './attached.ts';
import type { PipedriveContext } from './routes.ts';
import type { MailThread, PipedriveState } from './store.ts';

const notFound: TwinAnswer = { status: 404, body: { success: false, error: 'Mail thread not found' } };
const forbidden: TwinAnswer = { status: 403, body: { success: false, error: 'Forbidden' } };

const party = (person: number): object => ({ id: person, email_address: `p${person}@mail.example`, linked_person_id: person });

/** Adds a thread with one person, in the mailbox of the token's user or of another; gives its id. */
export function addThread(
  state: PipedriveState,
  clock: TwinClock,
  personId: number,
  {
    folder,
    subject,
    snippet,
    others = false,
  }: {
    readonly folder: 'inbox' | 'sent';
    readonly subject: string;
    readonly snippet: string;
    readonly others?: boolean;
  },
): number {
  const id = state.nextId;
  state.nextId += 1;
  const at = clock.stamp();
  state.threads.set(id, {
    id,
    person_id: personId,
    others,
    folders: [folder],
    parties: folder === 'inbox' ? { from: [party(personId)], to: [] } : { from: [], to: [party(personId)] },
    subject,
    snippet,
    all_messages_sent_flag: folder === 'sent' ? 1 : 0,
    deleted_flag: 0,
    last_message_timestamp: at,
    add_time: at,
    update_time: at,
  });
  return id;
}

const shown = ({ person_id: _person, others: _others, ...thread }: MailThread): object => thread;

/** Routes of the mailbox, of version 1: a user sees and deletes threads of his own mailbox alone, and a deleted one stays, marked. */
export function mailboxRoutes({ state, note }: PipedriveContext): Readonly<Record<string, Handler>> {
  const on =
    (work: (thread: MailThread) => unknown): Handler =>
    ({ params }) => {
      const thread = state.threads.get(Number(params['id']));
      if (thread === undefined) return notFound;
      return thread.others ? forbidden : { status: 200, body: { success: true, data: work(thread) } };
    };
  return {
    'GET /mailbox/mailThreads': (request) => {
      const folder = request.query.get('folder');
      const found = [...state.threads.values()].filter(
        (one) => !one.others && one.deleted_flag === 0 && one.folders.includes(folder ?? 'inbox'),
      );
      return paged(found.map(shown), request);
    },
    'GET /mailbox/mailThreads/{id}': on(shown),
    'DELETE /mailbox/mailThreads/{id}': on((thread) => {
      thread.deleted_flag = 1;
      note('delete', `mailThreads/${thread.id}`);
      return { id: thread.id };
    }),
    'GET /persons/{id}/mailMessages': (request) => {
      const of = Number(request.params['id']);
      const found = [...state.threads.values()].filter((one) => one.person_id === of && one.deleted_flag === 0);
      return paged(
        found.map(({ id, subject }) => ({ object: 'mailMessage', data: { id: id * 10, mail_thread_id: id, subject } })),
        request,
      );
    },
  };
}
