import type { Connector, Cursor, LinkedSystem, PullPage, RecordRef } from '../../connectors/kit/contract.ts';
import type { ConnectorManifest } from '../../schemas/types.ts';
import type { VendorTwin } from '../twins/kit/vendor-twin.ts';
import type { Stage, StagePerson } from './stage.ts';

/** One case: its number in docs/connectors/acceptance.md, what it promises, and when it applies. */
export interface Case {
  readonly number: number;
  readonly title: string;
  /** Capabilities and doings of the stage that it needs; when one is missing the case does not apply. */
  readonly applies: (scene: Scene) => boolean;
  readonly run: (scene: Scene) => Promise<void>;
  readonly timeoutMs?: number;
}

export class Scene {
  readonly connector: Connector;
  readonly manifest: ConnectorManifest;
  readonly stage: Stage;
  private people = 0;

  constructor(connector: Connector, manifest: ConnectorManifest, stage: Stage) {
    this.connector = connector;
    this.manifest = manifest;
    this.stage = stage;
  }

  open(overrides: { readonly secrets?: Readonly<Record<string, string>> } = {}): LinkedSystem {
    const secrets = { ...this.stage.secrets, ...overrides.secrets };
    return this.connector.open({
      systemId: `${this.manifest.name}-under-test`,
      config: this.stage.config,
      secret: (name) => secrets[name] ?? '',
      signal: new AbortController().signal,
      now: () => this.stage.twin.clock.now(),
    });
  }

  /** Whether the vendor lists its people; else they come by webhook alone. */
  get isPulled(): boolean {
    return this.manifest.entities[this.stage.stream]?.list !== undefined || this.manifest.hooks?.includes('listPages') === true;
  }

  /** The twin as it is reached over HTTP; undefined for what is reached otherwise. */
  get wire(): VendorTwin<object> | undefined {
    return 'fault' in this.stage.twin ? this.stage.twin : undefined;
  }

  /** Whether the manifest or a hook says this verb. */
  has(verb: 'check' | 'unsuppress'): boolean {
    if (this.manifest.hooks?.includes(verb) === true) return true;
    return verb === 'check'
      ? this.manifest.check !== undefined
      : (this.manifest.consent ?? []).some(({ unsuppress }) => unsuppress !== undefined);
  }

  person(more: Partial<StagePerson> = {}): StagePerson {
    this.people += 1;
    return { givenName: 'Ana', familyName: `Ruiz ${this.people}`, email: `canary.${this.people}@example.org`, ...more };
  }

  async addPeople(count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let added = 0; added < count; added += 1) ids.push(await this.stage.addPerson(this.person()));
    return ids;
  }

  async pages(
    cursor: Cursor | null = null,
    stream: string = this.stage.stream,
    most = Number.POSITIVE_INFINITY,
  ): Promise<PullPage[]> {
    const pages: PullPage[] = [];
    for await (const page of this.open().pull(stream, cursor)) {
      pages.push(page);
      if (pages.length >= most) break;
    }
    return pages;
  }

  /** Ids of people on these pages, each as often as it came. */
  ids(pages: readonly PullPage[]): string[] {
    return pages.flatMap(({ records }) => records.filter(({ kind }) => kind === 'person').map(({ externalId }) => externalId));
  }

  ref(externalId: string): RecordRef {
    return { kind: 'person', externalId };
  }

  /** Nobody. */
  get absent(): RecordRef {
    return this.ref(this.stage.absentId ?? '999999999');
  }

  /** How many writing requests the twin took since `from`. */
  async effects(from = 0): Promise<number> {
    const { twin } = this.stage;
    return ('changes' in twin ? await twin.changes() : twin.ledger.length) - from;
  }
}

/** A cursor as it comes back from the store. */
export const restored = (cursor: Cursor | undefined): Cursor => JSON.parse(JSON.stringify(cursor)) as Cursor; // what went in
