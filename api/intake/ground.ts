import type { KeyObject } from 'node:crypto';
import type { CommandDeps } from '../context.ts';

/** A controller for whom data is processed. */
export interface Controller {
  readonly id: string;
  readonly publicKey: KeyObject;
  /** `host` or `host:port`. */
  readonly callbackHosts: readonly string[];
}

/** OpenDSR as it is set up: who may ask, and what signs the answers. */
export interface OpenDsr {
  readonly domain: string;
  /** PEM. */
  readonly certificate: string;
  readonly key: KeyObject;
  /** The linked system whose ids are the controllers' customer ids. */
  readonly customerIdsOf?: string;
  readonly controllers: ReadonlyMap<string, Controller>;
}

export interface Shop {
  readonly name: string;
  readonly domain: string;
  readonly secret: string;
  readonly system?: string;
}

/** The ways in that are open, with their keys. */
export interface Ways {
  readonly form?: { readonly perAddressADay: number; readonly perHour: number };
  readonly openDsr?: OpenDsr;
  readonly shops: ReadonlyMap<string, Shop>;
}

export type IntakeDeps = Pick<CommandDeps, 'db' | 'keys' | 'log' | 'now' | 'temporal' | 'privacyPolicy' | 'mailer' | 'publicUrl'>;
