import type { AuditAction } from '../../domain/record/audit-action.ts';
import type { AuditNote } from '../../store/write/audit.ts';
import type { Owed } from '../../store/write/suppression.ts';

/** An audit note about one suppression. */
export const noteOn = (
  action: AuditAction,
  { clientId, purpose, channel, systemId }: Owed,
  at: Date,
  state?: string,
): AuditNote => ({
  actor: 'ficha',
  action,
  subject: clientId,
  facts: { purpose, channel, systemId, ...(state === undefined ? {} : { state }) },
  at,
});
