import { anyOperations } from '../graphql/question.ts';
import type { Settings } from '../platform/settings.ts';

/** Whether production answers GraphQL operations that nobody looked at before; the limits of one operation hold in any case. */
export const anyOperation = ({ mode, persistedOperations }: Pick<Settings, 'mode' | 'persistedOperations'>): boolean =>
  mode === 'production' && persistedOperations === anyOperations;

/** What is said of it. */
export const anyOperationAnswered =
  'FICHA_PERSISTED_OPERATIONS is "any": any GraphQL operation within the limits is answered (docs/how-to/read-clients.md)';
