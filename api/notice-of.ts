import { dueMonthsAfter } from '../domain/privacy/due-date.ts';
import { type NoticeKind, type NoticeLanguage, noticeLanguage, noticeText } from '../domain/privacy/notice.ts';
import { privacyPolicy as shipped } from '../domain/privacy/privacy-policy.ts';
import { clientById } from '../store/read/clients.ts';
import { requiredRequest } from '../store/read/privacy-requests.ts';
import type { CommandDeps } from './context.ts';

/** One letter to the person of a request, in the language given, else in theirs. */
export async function noticeOf(
  { db, privacyPolicy = shipped }: Pick<CommandDeps, 'db' | 'privacyPolicy'>,
  requestId: string,
  kind: NoticeKind,
  language?: NoticeLanguage,
): Promise<{ readonly text: string; readonly language: NoticeLanguage }> {
  const request = await requiredRequest(db, requestId);
  const client = await clientById(db, request.clientId);
  const own = client?.golden['language'];
  const shown = language ?? noticeLanguage(typeof own === 'string' ? own : null, client?.country ?? request.country);
  const text = noticeText(kind, shown, {
    reference: request.id.slice(-8),
    type: request.type,
    receivedAt: request.receivedAt,
    dueAt: request.dueAt,
    extendedTo: request.firstDueAt === null ? dueMonthsAfter(request.receivedAt, request.country ?? 'ES', 3).at : request.dueAt,
    closedAt: request.closedAt,
    outcome: request.outcome,
    complaint: privacyPolicy.controller.complaint[shown],
  });
  return { text, language: shown };
}
