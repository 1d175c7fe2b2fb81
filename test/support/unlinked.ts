import type { CommandDeps } from '../../api/context.ts';
import { createMailer } from '../../platform/mailer.ts';
import { FichaError } from '../../domain/record/error.ts';

/** The command API's way to systems, mail servers and the access log, where a test has linked none and shows nobody. */
export const unlinked: Pick<
  CommandDeps,
  | 'linkedSystemChanged'
  | 'connectors'
  | 'checkSystem'
  | 'previewSystem'
  | 'limitsOf'
  | 'canSend'
  | 'linkedMailer'
  | 'readWebhook'
  | 'mailer'
  | 'publicUrl'
  | 'accessor'
> = {
  mailer: createMailer({ mode: 'production', home: '' }),
  publicUrl: () => 'https://ficha.example',
  accessor: {
    query: () => Promise.reject(new Error('this test shows nobody')),
    transaction: () => Promise.reject(new Error('this test shows nobody')),
    end: () => Promise.resolve(),
  },
  linkedSystemChanged: () => Promise.resolve(),
  connectors: () => [],
  checkSystem: () => Promise.resolve({ ok: true, problems: [] }),
  previewSystem: () => Promise.resolve({ streams: [] }),
  limitsOf: () => [],
  canSend: () => false,
  linkedMailer: () => createMailer({ mode: 'production', home: '' }),
  readWebhook: () => Promise.reject(new FichaError('unknown-system', 'no linked system has this id')),
};
