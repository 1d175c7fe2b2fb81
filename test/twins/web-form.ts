import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { Parser } from 'htmlparser2';
import { openApiCheck } from './kit/openapi-check.ts';
import type { Mutation } from './kit/twin.ts';
import { listening } from './kit/twin-http.ts';

/** What a visitor types; fields of no name on the page cannot be typed. */
export type TypedFields = Readonly<Record<string, string>>;

export interface FormAnswer {
  readonly status: number;
  readonly location: string | null;
  readonly text: string;
}

export interface WebFormTwin {
  /** Address of the site, which is also the origin that its page sends. */
  readonly url: string;
  /** Forms that were sent, with how each was answered. */
  readonly ledger: readonly Mutation[];
  /** What was sent and is not as our own description says. */
  readonly violations: readonly string[];
  /** A person opens the page, types, ticks where `consent` is typed, and presses the button. */
  visit(typed: TypedFields, language?: string): Promise<FormAnswer>;
  /** A robot fills in every field that the page has, also the one that people do not see. */
  robot(): Promise<FormAnswer>;
  stop(): Promise<void>;
}

const spec = readFileSync(new URL('./web-form/spec.json', import.meta.url), 'utf8');
const howTo = new URL('../../docs/how-to/take-in-forms-and-webhooks.md', import.meta.url);

/** The form that the how-to gives to whoever makes the site. */
const documented = (): string => /```html\n(<form[\s\S]*?<\/form>)\n```/.exec(readFileSync(howTo, 'utf8'))?.[1] ?? '';

interface PageForm {
  action: string;
  /** Names with what each holds before anybody typed; a tick that is not set is not there. */
  readonly held: Map<string, string>;
  readonly ticks: Map<string, string>;
}

/** What a browser knows of the form on a page. */
function formOn(page: string): PageForm {
  const form: PageForm = { action: '', held: new Map(), ticks: new Map() };
  new Parser({
    onopentag: (tag, { name, value = '', type, action = '' }) => {
      if (tag === 'form') form.action = action;
      else if (name === undefined || !['input', 'textarea', 'select'].includes(tag)) return;
      else (type === 'checkbox' ? form.ticks : form.held).set(name, value);
    },
  }).end(page);
  return form;
}

/**
 * A stand-in of the company's own site: a page with the form of the how-to, a person who fills it in, and a robot. It sends as a browser does,
 * and each form is looked at by our own description of what Ficha takes in.
 * @param send hands one request to the forms server
 */
export async function startWebFormTwin(
  system: string,
  send: (request: Request) => Response | Promise<Response>,
): Promise<WebFormTwin> {
  const check = openApiCheck(spec);
  const ledger: Mutation[] = [];
  const violations: string[] = [];
  const page = documented().replace(/action="[^"]*"/, `action="https://ficha.example/forms/${system}"`);
  const site = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
  });
  const url = `http://127.0.0.1:${await listening(site, 0)}`;
  const press = async (action: string, fields: TypedFields, language: string): Promise<FormAnswer> => {
    const wrong = check({ method: 'POST', path: new URL(action).pathname, query: new URLSearchParams(), body: fields });
    if (wrong !== undefined) violations.push(wrong);
    const headers = { origin: url, 'accept-language': language, 'content-type': 'application/x-www-form-urlencoded' };
    const response = await send(new Request(action, { method: 'POST', headers, body: new URLSearchParams(fields).toString() }));
    ledger.push({ verb: 'send', subject: String(response.status) });
    return { status: response.status, location: response.headers.get('location'), text: await response.text() };
  };
  const opened = async (): Promise<PageForm> => formOn(await (await fetch(url)).text());
  return {
    url,
    ledger,
    violations,
    visit: async (typed, language = 'en') => {
      const { action, held, ticks } = await opened();
      const fields = Object.fromEntries([...held].map(([name, value]) => [name, typed[name] ?? value]));
      const ticked = [...ticks].filter(([name]) => typed[name] !== undefined);
      return press(action, { ...fields, ...Object.fromEntries(ticked) }, language);
    },
    robot: async () => {
      const { action, held, ticks } = await opened();
      const filled = [...held].map(([name, value]) => [name, value === '' ? `${name}@spam.example` : value] as const);
      return press(action, { ...Object.fromEntries(filled), ...Object.fromEntries(ticks) }, 'en');
    },
    stop: async () => {
      await new Promise((resolve) => site.close(resolve));
    },
  };
}
