import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import type { Category } from '../domain/access/category.ts';
import { mayReadCategory } from '../domain/access/category.ts';
import { mayOrder, mayRead, type Ordering, type Reading } from '../domain/access/role.ts';
import { type BackEnd, type Method, Refused } from './back-end.ts';
import type { Session } from './session.ts';
import type { Words } from './words.ts';

/** A piece of a page; text that goes into one is escaped. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** What a page is made from: who looks, in which language, and the data within their reach. */
export interface View {
  readonly t: Words;
  readonly session: Session;
  readonly now: Date;
  /** After so long without a touch the page leaves by itself. */
  readonly idleMinutes: number;
  /** Path of this page, for the menu and the language links. */
  readonly path: string;
  ask<Data>(question: string, variables?: Readonly<Record<string, unknown>>): Promise<Data>;
  order<Answer>(method: Method, path: string, body?: unknown): Promise<Answer>;
  file(path: string): Promise<Response>;
  mayRead(reading: Reading): boolean;
  mayOrder(ordering: Ordering): boolean;
  mayReadCategory(category: Category): boolean;
}

/**
 * A refusal in the reader's own words. What only the data team can mend keeps the detail of the API, which is English; a code that nobody
 * has words for is named, so that it can be told on.
 */
export function refusedInWords(t: Words, { code, message }: Pick<Refused, 'code' | 'message'>): string {
  const detail = message.replace(/^[a-z-]+: /, '');
  const problem = t.sentence('problem', code);
  return (
    t.sentence('refused', code, { detail }) ?? (problem === undefined ? t('refused.other', { code }) : `${problem} (${detail})`)
  );
}

async function inOwnWords<Answer>(t: Words, asked: Promise<Answer>): Promise<Answer> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { code, status } = error;
    throw new Refused(code, refusedInWords(t, error), status);
  }
}

/** A view with the person's own token and rights. */
export const viewOf = (
  backEnd: BackEnd,
  session: Session,
  { t, now, path, idleMinutes }: Pick<View, 't' | 'now' | 'path' | 'idleMinutes'>,
): View => ({
  t,
  session,
  now,
  path,
  idleMinutes,
  ask: (question, variables) => inOwnWords(t, backEnd.ask(session.token, question, variables)),
  order: (method, to, body) => inOwnWords(t, backEnd.order(session.token, method, to, body)),
  file: (from) => inOwnWords(t, backEnd.file(session.token, from)),
  mayRead: (reading) => mayRead(session.roles, reading),
  mayOrder: (ordering) => mayOrder(session.roles, ordering),
  mayReadCategory: (category) => mayReadCategory(session, category),
});

/** Nothing, where a piece of a page may be left out. */
export const nothing: Html = html``;

/** A moment; the script shows it in the reader's zone. */
export const moment = (t: Words, iso: string | null): Html =>
  iso === null ? html`—` : html`<time datetime="${iso}" data-moment>${t.time(iso)}</time>`;

/** A day as a law counts it: no zone. */
export const day = (t: Words, iso: string | null): Html =>
  iso === null ? html`—` : html`<time datetime="${iso.slice(0, 10)}">${t.day(iso)}</time>`;

/** The hidden field that every form carries. */
export const csrfField = ({ session }: View): Html => html`<input type="hidden" name="csrf" value="${session.csrf}">`;
