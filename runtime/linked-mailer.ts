import type { LinkedSystem } from '../connectors/kit/contract.ts';
import { FichaError } from '../domain/record/error.ts';
import type { Mail, Mailer, Sent } from '../platform/mailer.ts';

/** A vendor that answers no has not taken the message; one that asks to wait neither; without an answer nobody can tell. */
function readFailure(error: unknown): Sent {
  if (!(error instanceof FichaError)) throw error;
  if (error.code === 'outcome-unknown') return { state: 'unknown', detail: error.code };
  if (error.retry === 'never') return { state: 'refused', detail: error.code };
  throw new FichaError('mail-unreachable', `${error.message}; nothing was sent`, { retry: 'later', cause: error });
}

/** Writes to clients through a linked system that can send. */
export const linkedMailer = (open: () => Promise<LinkedSystem>): Pick<Mailer, 'send'> => ({
  send: async ({ id, to, subject, text }: Mail) => {
    const system = await open();
    try {
      if (system.send === undefined) throw new FichaError('no-mail-server', `${system.systemId} sends no messages`);
      await system.send({ id, to, subject, text });
      return { state: 'sent', detail: null };
    } catch (error) {
      return readFailure(error);
    } finally {
      await system.close();
    }
  },
});
