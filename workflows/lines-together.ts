import type { PrivacyActivities } from '../activities/privacy.ts';

/** A line of a plan that is still to be worked on. */
export type OpenLine = Awaited<ReturnType<PrivacyActivities['openLines']>>[number];

const linesATry = 50;

/** Whether a line ends with its record gone. */
export const erases = (action: OpenLine['action']): boolean => action === 'delete' || action === 'anonymise';

/** What one activity can do for many lines. */
const likeWork = (one: OpenLine['action'], other: OpenLine['action']): boolean =>
  (erases(one) && erases(other)) || (one === 'export' && other === 'export');

/** One line or more. */
export type Lines = [OpenLine, ...OpenLine[]];

/** Lines that follow each other and are worked on alike go together, up to some tens; every other line goes alone. */
export function together(lines: readonly OpenLine[]): Lines[] {
  const groups: Lines[] = [];
  for (const line of lines) {
    const last = groups.at(-1);
    if (last !== undefined && last.length < linesATry && likeWork(line.action, last[0].action)) last.push(line);
    else groups.push([line]);
  }
  return groups;
}
