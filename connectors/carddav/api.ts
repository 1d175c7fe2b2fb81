import { FichaError } from '../../domain/record/error.ts';
import type { Answer, Call, Send } from '../kit/hooks.ts';
import { type DavResponse, type Multistatus, multistatus } from './multistatus.ts';

const carddav = 'xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"';
const data = '<prop><getetag/><C:address-data/></prop>';

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** A card's name in its address book: the last part of its address. */
export const nameOf = (href: string): string => decodeURIComponent(href.split('/').at(-1) ?? '');

const pathOf = (name: string): string => `/${encodeURIComponent(name)}`;

export interface Card {
  readonly name: string;
  readonly text: string;
  readonly etag: string;
}

export interface Changes {
  /** Names of cards that are new or changed. */
  readonly changed: readonly string[];
  readonly gone: readonly string[];
  readonly token: string;
}

/** Calls of one address book. RFC 6352 (CardDAV), RFC 6578 (what changed). */
export class AddressBook {
  readonly #send: Send;
  readonly #root: string;

  /** @param url of the address book, with the slash at its end */
  constructor(send: Send, url: string) {
    this.#send = send;
    this.#root = new URL(url).pathname;
  }

  async #ask(method: 'PROPFIND' | 'REPORT', body: string, expect: readonly number[] = []): Promise<Answer> {
    const raw = { type: 'application/xml; charset=utf-8', body: `<?xml version="1.0" encoding="utf-8"?>${body}` };
    const headers = { accept: 'application/xml', depth: method === 'PROPFIND' ? '0' : '1' };
    return await this.#send({ method, path: '/', raw, headers, reads: true, expect });
  }

  /** What the collection is; answers of 401, 403 and 404 are the caller's business. */
  async describe(): Promise<{ readonly status: number; readonly found: Multistatus | undefined }> {
    const body = `<propfind ${carddav}><prop><resourcetype/><supported-report-set/></prop></propfind>`;
    const { status, body: text } = await this.#ask('PROPFIND', body, [401, 403, 404]);
    return { status, found: status === 207 ? multistatus(text) : undefined };
  }

  /** What changed since a token, or every card; undefined when the server has forgotten the token. */
  async changes(token: string | undefined): Promise<Changes | undefined> {
    const since = `<sync-token>${escaped(token ?? '')}</sync-token>`;
    const body = `<sync-collection ${carddav}>${since}<sync-level>1</sync-level><prop><getetag/></prop></sync-collection>`;
    const answer = await this.#ask('REPORT', body, token === undefined ? [] : [403, 409, 412]);
    if (answer.status !== 207) return undefined;
    const { responses, syncToken = '' } = multistatus(answer.body);
    if (syncToken === '') throw new FichaError('unexpected-answer', 'the server gives no sync-token (RFC 6578)');
    const cards = responses.filter(({ href }) => href.split('?')[0] !== this.#root && nameOf(href) !== '');
    return {
      changed: cards.filter(({ status }) => status !== 404).map(({ href }) => nameOf(href)),
      gone: cards.filter(({ status }) => status === 404).map(({ href }) => nameOf(href)),
      token: syncToken,
    };
  }

  /** The cards of these names that are there. */
  async cards(names: readonly string[]): Promise<readonly Card[]> {
    if (names.length === 0) return [];
    const hrefs = names.map((name) => `<href>${escaped(`${this.#root}${encodeURIComponent(name)}`)}</href>`).join('');
    const { body } = await this.#ask('REPORT', `<C:addressbook-multiget ${carddav}>${data}${hrefs}</C:addressbook-multiget>`);
    return this.#held(multistatus(body).responses);
  }

  /** Cards with this text as one of their e-mail addresses, whatever the case. The text travels in the body. */
  async withEmail(email: string): Promise<readonly Card[]> {
    const match = `<C:text-match collation="i;unicode-casemap" match-type="equals">${escaped(email)}</C:text-match>`;
    const filter = `<C:filter><C:prop-filter name="EMAIL">${match}</C:prop-filter></C:filter>`;
    const { body } = await this.#ask('REPORT', `<C:addressbook-query ${carddav}>${data}${filter}</C:addressbook-query>`);
    return this.#held(multistatus(body).responses);
  }

  #held(responses: readonly DavResponse[]): readonly Card[] {
    return responses.flatMap(({ href, status, card, etag = '' }) =>
      status === 404 || card === undefined ? [] : [{ name: nameOf(href), text: card, etag }],
    );
  }

  /** One card by its own address. */
  async card(name: string): Promise<Card | undefined> {
    const { status, body, headers } = await this.#send({
      method: 'GET',
      path: pathOf(name),
      headers: { accept: 'text/vcard' },
      expect: [404, 410],
    });
    return status >= 400 || typeof body !== 'string' ? undefined : { name, text: body, etag: headers['etag'] ?? '' };
  }

  /** @throws FichaError `changed-meanwhile` when the card is not the one that was read */
  async replace({ name, etag }: Card, text: string): Promise<number> {
    const put: Call = {
      method: 'PUT',
      path: pathOf(name),
      raw: { type: 'text/vcard; charset=utf-8', body: text },
      headers: { 'if-match': etag },
      expect: [412],
    };
    const { status } = await this.#send(put);
    if (status === 412)
      throw new FichaError('changed-meanwhile', 'the card changed while it was being written; it was left as it is', {
        retry: 'now',
      });
    return status;
  }

  async remove(name: string): Promise<number> {
    return (await this.#send({ method: 'DELETE', path: pathOf(name), expect: [404, 410] })).status;
  }
}
