/** A linked system as the console lists it. */
export interface LinkedSystem {
  readonly id: string;
  readonly connector: string;
  readonly title: string;
  readonly state: string;
  readonly records: number;
  readonly openRejects: number;
  readonly lastDoneAt: string | null;
  readonly syncEveryMinutes: number;
  readonly streams: readonly {
    readonly stream: string;
    readonly done: boolean;
    readonly lagSeconds: number;
    readonly updatedAt: string;
  }[];
}

export interface SyncRun {
  readonly id: string;
  readonly mode: string;
  readonly state: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly pages: number;
  readonly pulled: number;
  readonly changed: number;
  readonly deleted: number;
  readonly rejected: number;
  readonly tombstoned: number;
  readonly errorCode: string | null;
}

export interface Reject {
  readonly id: string;
  readonly stream: string;
  readonly externalId: string | null;
  readonly reasonCode: string;
  readonly reason: string;
  readonly at: string;
}

const node = (fields: string): string => `pageInfo { hasNextPage } edges { node { ${fields} } }`;

export const systemsQuestion = `{ linkedSystems { id connector title state records openRejects lastDoneAt syncEveryMinutes
  streams { stream done lagSeconds updatedAt } } }`;

const ofRun = 'id mode state startedAt endedAt pages pulled changed deleted rejected tombstoned errorCode';

export const systemQuestion = `query System($id: String!) {
  syncRuns(first: 10, linkedSystemId: $id, consentLooks: false) { ${node(ofRun)} }
  looks: syncRuns(first: 5, linkedSystemId: $id, consentLooks: true) { ${node(ofRun)} }
  rejectedRecords(first: 25, linkedSystemId: $id) { ${node('id stream externalId reasonCode reason at')} }
  dataQuality(days: 1, linkedSystemId: $id) { records completeness freshness duplicates conflicts invalidIdentifiers identifiers } }`;

export interface SystemDetails {
  readonly syncRuns: { readonly edges: readonly { readonly node: SyncRun }[] };
  /** Looks at what people allow that found something. */
  readonly looks: { readonly edges: readonly { readonly node: SyncRun }[] };
  readonly rejectedRecords: { readonly edges: readonly { readonly node: Reject }[] };
  readonly dataQuality: readonly {
    readonly records: number;
    readonly completeness: number | null;
    readonly freshness: number | null;
    readonly duplicates: number;
    readonly conflicts: number;
    readonly invalidIdentifiers: number;
    readonly identifiers: number;
  }[];
}
