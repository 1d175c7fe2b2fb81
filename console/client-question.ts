import type { ConsentPolicy } from '../schemas/types.ts';
import type { Category } from '../domain/access/category.ts';

/** A ficha as its page asks for it. What the role may not read is left out, and so is undefined here. */
export interface Ficha {
  /** Those of the policy, where the person may write down what a client says; else none. */
  readonly purposes: ConsentPolicy['purposes'];
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly country: string | null;
  readonly language: string | null;
  readonly position: string | null;
  readonly sector: string | null;
  readonly firstSeenAt: string;
  readonly updatedAt: string;
  readonly emails: readonly string[];
  readonly phones: readonly string[];
  readonly website: string | null;
  readonly addresses: readonly Address[];
  readonly taxId: string | null;
  readonly birthDate?: string | null;
  readonly notes?: string | null;
  readonly company: { readonly id: string; readonly name: string } | null;
  readonly contacts: readonly { readonly id: string; readonly name: string; readonly position: string | null }[];
  readonly glance?: Glance;
  readonly sales?: readonly Sale[];
  readonly timeline?: readonly Contact[];
  readonly documents?: readonly Document[];
  readonly consent: readonly Consent[];
  readonly suppressions: readonly Suppression[];
  readonly records: readonly SourceRecord[];
  readonly provenance: readonly Provenance[];
  readonly runningRequests: readonly {
    readonly id: string;
    readonly type: string;
    readonly state: string;
    readonly dueAt: string;
  }[];
}

interface Address {
  readonly street: string | null;
  readonly postcode: string | null;
  readonly city: string | null;
  readonly region: string | null;
  readonly country: string | null;
}

export interface Glance {
  readonly amount12Months: number;
  readonly currency: string | null;
  readonly lastPurchaseAt: string | null;
  readonly lastPurchaseAmount: number | null;
  readonly lastContactAt: string | null;
  readonly lastContactChannel: string | null;
  readonly openTickets: number;
  readonly openOffers: number;
  readonly potential: {
    readonly score: number | null;
    readonly reasons: readonly { readonly code: string; readonly points: number }[];
  };
  readonly qualityFlags: readonly string[];
}

export interface Sale {
  readonly id: string;
  readonly kind: string;
  readonly at: string;
  readonly number: string | null;
  readonly status: string | null;
  readonly amount: number;
  readonly currency: string;
  readonly linkedSystemId: string;
}

export interface Contact {
  readonly id: string;
  readonly kind: string;
  readonly at: string;
  readonly direction: string | null;
  readonly channel: string | null;
  readonly subject: string | null;
  readonly status: string | null;
  readonly linkedSystemId: string;
}

interface Document {
  readonly id: string;
  readonly title: string;
  readonly at: string | null;
  readonly mediaType: string | null;
  readonly originUrl: string | null;
  readonly linkedSystemId: string;
  readonly copy: { readonly size: number; readonly uploadedAt: string } | null;
}

export interface Consent {
  readonly purpose: string;
  readonly channel: string;
  readonly answer: string;
  readonly at: string;
  readonly how: string | null;
  readonly linkedSystemId: string | null;
}

export interface Suppression {
  readonly purpose: string;
  readonly channel: string;
  readonly linkedSystemId: string;
  readonly state: string;
  readonly since: string;
  readonly readBackAt: string | null;
}

interface SourceRecord {
  readonly kind: string;
  readonly externalId: string;
  readonly linkedSystem: string;
  readonly linkedSystemId: string;
  readonly changedAt: string | null;
  readonly syncedAt: string | null;
}

export interface Provenance {
  readonly field: string;
  readonly value: string | null;
  readonly rule: string;
  readonly at: string | null;
  readonly linkedSystemId: string;
  readonly externalId: string;
  readonly losing: readonly { readonly value: string | null; readonly linkedSystemId: string | null }[];
}

const always = `id kind name givenName familyName country language position sector firstSeenAt updatedAt emails phones website taxId
  addresses { street postcode city region country } company { id name } contacts(first: 20) { id name position }
  consent { purpose channel answer at how linkedSystemId }
  suppressions { purpose channel linkedSystemId state since readBackAt }
  records { kind externalId linkedSystem linkedSystemId changedAt syncedAt }
  provenance { field value rule at linkedSystemId externalId losing { value linkedSystemId } }
  runningRequests { id type state dueAt }`;

const byCategory: readonly (readonly [Category, string])[] = [
  ['birth', 'birthDate'],
  ['special', 'notes'],
  [
    'commercial',
    `glance { amount12Months currency lastPurchaseAt lastPurchaseAmount lastContactAt lastContactChannel openTickets openOffers
      potential { score reasons { code points } } qualityFlags }
    sales(first: 15) { id kind at number status amount currency linkedSystemId }`,
  ],
  ['conversation', 'timeline(first: 30) { id kind at direction channel subject status linkedSystemId }'],
  ['document', 'documents(first: 20) { id title at mediaType originUrl linkedSystemId copy { size uploadedAt } }'],
];

/** The question for one ficha, with no field that the reader may not read: one such field refuses the whole question. */
export const clientQuestion = (mayRead: (category: Category) => boolean): string =>
  `query Ficha($id: ID!) { client(id: $id) { ${[always, ...byCategory.flatMap(([category, fields]) => (mayRead(category) ? [fields] : []))].join('\n  ')} } }`;
