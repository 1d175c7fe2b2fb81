import type { Client as TemporalClient } from '@temporalio/client';
import type { Context } from 'hono';
import { mayOrder, type Ordering, type Role } from '../domain/access/role.ts';
import { type PageLanguage, pageLanguages } from '../domain/privacy/certificate-content.ts';
import { FichaError } from '../domain/record/error.ts';
import type { KeyRing } from '../platform/keys.ts';
import type { Log } from '../platform/log.ts';
import type { Mailer } from '../platform/mailer.ts';
import { validatorFor } from '../platform/validate.ts';
import type { ConnectorAbout, ConsentPolicy, LinkSystem, PrivacyPolicy } from '../schemas/types.ts';
import type { Database } from '../store/database.ts';
import type { SignedPackage } from '../store/write/package-transfer.ts';
import type { WebhookEvent } from '../store/write/webhook-events.ts';

/** Who orders, from a checked token. */
export interface Orderer {
  readonly subject: string;
  readonly roles: readonly Role[];
}

/** What the command API works with. */
export interface CommandDeps {
  readonly db: Database;
  /** Can only append to the access log. */
  readonly accessor: Database;
  readonly temporal: TemporalClient;
  readonly keys: KeyRing;
  readonly log: Log;
  readonly now: () => Date;
  /** The controller's own rules for requests; those that ship with Ficha when left out. */
  readonly privacyPolicy?: PrivacyPolicy;
  /** The controller's own purposes; those that ship with Ficha when left out. */
  readonly consentPolicy?: ConsentPolicy;
  /** How people write to clients. */
  readonly mailer: Mailer;
  /** How a package goes to another controller; over HTTPS when left out. Says the status of the answer. */
  readonly handPackageOver?: (url: URL, signed: SignedPackage) => Promise<number>;
  /** Where people reach Ficha, without a slash at the end: links in mails begin with it. */
  readonly publicUrl: () => string;
  /** Checks the bearer token; throws a FichaError that says what is wrong with it. */
  readonly ordererOf: (request: Request) => Promise<Orderer>;
  /** Checks a linked system's settings against its connector and makes or changes its schedule. */
  readonly linkedSystemChanged: (systemId: string) => Promise<void>;
  /** The connectors that are there, in the reader's language where they have texts in it. */
  readonly connectors: (language: PageLanguage) => readonly ConnectorAbout[];
  /**
   * Checks a webhook of a linked system and reads its events.
   * @throws FichaError `unknown-system` when none is linked under this id
   */
  readonly readWebhook: (systemId: string, request: Request) => Promise<ReadWebhook>;
  /** Asks a system, linked or not yet, whether its credentials and rights are enough. Writes nothing. */
  readonly checkSystem: (system: Pick<LinkSystem, 'id' | 'connector' | 'config'>) => Promise<SystemCheck>;
  /** Reads the first page of each stream of a system that is not linked yet. Keeps and writes nothing. */
  readonly previewSystem: (system: Pick<LinkSystem, 'id' | 'connector' | 'config'>) => Promise<SystemPreview>;
  /** Whether a linked system can send a message to a client. */
  readonly canSend: (system: Pick<LinkSystem, 'connector' | 'config'>) => boolean;
  /** Writing through a linked system. */
  readonly linkedMailer: (system: Pick<LinkSystem, 'id' | 'connector' | 'config'>) => Pick<Mailer, 'send'>;
  /** The rate limits of a linked system, as its connector declares them. */
  readonly limitsOf: (system: Pick<LinkSystem, 'connector' | 'config'>) => readonly LimitRule[];
}

/** What a connector read in a webhook. */
export type ReadWebhook =
  | {
      readonly result: 'accepted';
      readonly events: readonly WebhookEvent[];
      /** Events that our own writes made. */
      readonly echoes: number;
      /** Events of a kind that the connector does not know. */
      readonly unknown: number;
    }
  | { readonly result: 'refused'; readonly code: string; readonly say: string };

/** What the first page of one stream holds. */
export interface StreamPreview {
  readonly stream: string;
  readonly records: number;
  /** Whether more pages follow. */
  readonly more: boolean;
  readonly fields: readonly { readonly field: string; readonly filled: number }[];
  readonly rejected: readonly { readonly code: string; readonly reason: string; readonly count: number }[];
  /** People and companies as they would be kept, the first few. */
  readonly examples: readonly Readonly<Record<string, unknown>>[];
  /** Why it could not be read. */
  readonly trouble: { readonly code: string; readonly say: string } | null;
}

export interface SystemPreview {
  readonly streams: readonly StreamPreview[];
}

/** One rule of a vendor's rate limits, with the settings of a linked system. */
export interface LimitRule {
  readonly name: string;
  readonly most: number;
  /** Length of the window; undefined for calls at once. */
  readonly windowMs?: number;
}

/** What a system answered when it was tried. */
export interface SystemCheck {
  readonly ok: boolean;
  readonly account?: string;
  readonly problems: readonly { readonly verb: string; readonly code: string; readonly say: string }[];
}

export interface CommandEnv {
  Variables: { orderer: Orderer };
}

/** Refuses an order that the caller's roles do not allow. @returns who orders, and in which role */
export function demand(context: Context<CommandEnv>, ordering: Ordering): Orderer & { readonly role: Role } {
  const orderer = context.get('orderer');
  const role = orderer.roles.find((one) => mayOrder([one], ordering));
  if (role === undefined) {
    throw new FichaError(
      'not-allowed',
      `your role may not ${ordering}; ask for the role that does (docs/architecture.md, "Roles")`,
    );
  }
  return { ...orderer, role };
}

/**
 * Reads a body and checks it against its JSON Schema.
 * @param schemaId file name under schemas/command without its ending
 * @throws FichaError `bad-body` naming each field and rule, never a value
 */
export async function bodyOf<Body>(context: Context<CommandEnv>, schemaId: string): Promise<Body> {
  let body: unknown;
  try {
    body = await context.req.json();
  } catch (cause) {
    throw new FichaError('bad-body', 'the body is not JSON; send an object with content-type application/json', { cause });
  }
  const problems = validatorFor(`command/${schemaId}`)(body);
  if (problems.length > 0) {
    const list = problems.map(({ path, message }) => `${path === '' ? 'body' : path}: ${message}`).join('; ');
    throw new FichaError('bad-body', `${list}. The shape is schemas/command/${schemaId}.schema.json`);
  }
  return body as Body; // the validator has just checked it against the schema that Body is generated from
}

/**
 * The language that the query asks for; English when it asks for none.
 * @throws FichaError `bad-body` for one that is not ours
 */
export function languageAsked(c: Context<CommandEnv>): PageLanguage {
  const asked = c.req.query('language') ?? 'en';
  const language = pageLanguages.find((one) => one === asked);
  if (language === undefined) throw new FichaError('bad-body', `language: it must be one of ${pageLanguages.join(', ')}`);
  return language;
}
