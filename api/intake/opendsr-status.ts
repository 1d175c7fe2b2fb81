import { dueDate } from '../../domain/privacy/due-date.ts';
import { privacyPolicy as shipped } from '../../domain/privacy/privacy-policy.ts';
import type { IntakeStatus } from '../../store/write/privacy-callers.ts';
import { makePackageLink } from '../../store/write/privacy-packages.ts';
import type { IntakeDeps } from './ground.ts';

/** Whose month counts while nobody knows the person's country. */
const DEFAULT_COUNTRY = 'ES';

export const expectedBy = ({ dueAt, receivedAt }: Pick<IntakeStatus, 'dueAt' | 'receivedAt'>): string =>
  dueAt ?? dueDate(receivedAt, DEFAULT_COUNTRY).at;

/**
 * What a controller reads of its request. A package that is ready is handed out by a link that works once; each new one ends the last.
 * @see OpenDSR 2.0, sections 8.3 and 8.6
 */
export async function statusBody(
  { db, now, publicUrl, privacyPolicy = shipped }: IntakeDeps,
  caller: string,
  callerRef: string,
  found: IntakeStatus,
): Promise<Readonly<Record<string, unknown>>> {
  const { requestId, status, hasPackage } = found;
  const isOver = status === 'completed';
  const given = { by: `opendsr:${caller}`, at: now(), days: privacyPolicy.packageDays };
  const link =
    isOver && hasPackage && requestId !== null ? await db.transaction((tx) => makePackageLink(tx, requestId, given)) : undefined;
  return {
    controller_id: caller,
    expected_completion_time: expectedBy(found),
    subject_request_id: callerRef,
    request_status: status,
    api_version: '2.0',
    ...(link === undefined ? {} : { results_url: `${publicUrl()}/v1/links/package/${link.token}` }),
    ...(isOver ? { results_count: found.found } : {}),
  };
}
