/** One line of the list. */
export interface RequestInList {
  readonly id: string;
  readonly clientId: string;
  readonly type: string;
  readonly state: string;
  readonly outcome: string | null;
  readonly receivedAt: string;
  readonly dueAt: string;
  readonly closedAt: string | null;
  readonly tasks: readonly { readonly reason: string }[];
}

export interface PlanLine {
  readonly id: string;
  readonly linkedSystemId: string;
  readonly kind: string;
  readonly action: string;
  readonly legalBasis: string | null;
  readonly until: string | null;
  readonly state: string;
  readonly residue: readonly string[];
}

export interface Task {
  readonly id: string;
  readonly reason: string;
  readonly answers: readonly string[];
  readonly linkedSystemId: string | null;
  readonly planLineId: string | null;
  readonly mentionId: string | null;
  readonly openedAt: string;
}

/** A linked system by its id, and as people call it. */
export interface NamedSystem {
  readonly id: string;
  readonly title: string;
}

/** How people call a linked system; its id where it is linked no more. */
export const systemTitle = (systems: readonly NamedSystem[], id: string): string =>
  systems.find((one) => one.id === id)?.title ?? id;

export interface PrivacyRequest extends Omit<RequestInList, 'tasks'> {
  /** Every linked system. */
  readonly systems: readonly NamedSystem[];
  readonly firstDueAt: string | null;
  readonly identityProof: string;
  readonly identityProvenAt: string | null;
  readonly scope: string | null;
  readonly askedAgain: number;
  readonly decidedBy: string | null;
  readonly approvedBy: readonly string[];
  readonly planHash: string | null;
  readonly certificate: string | null;
  readonly plan: readonly PlanLine[];
  readonly steps: readonly { readonly linkedSystemId: string; readonly state: string }[];
  readonly tasks: readonly Task[];
  readonly evidence: readonly {
    readonly id: string;
    readonly linkedSystemId: string;
    readonly verb: string;
    readonly result: string;
    readonly at: string;
    readonly digest: string | null;
  }[];
}

const inList = 'id clientId type state outcome receivedAt dueAt closedAt';

export const requestsQuestion = `query Requests($open: Boolean!, $after: String) { privacyRequests(first: 100, open: $open, after: $after) {
  pageInfo { hasNextPage endCursor } edges { node { ${inList} tasks { reason } } } } }`;

export const requestQuestion = `query Request($id: ID!) { linkedSystems { id title } privacyRequest(id: $id) { ${inList} firstDueAt identityProof identityProvenAt scope askedAgain
  decidedBy approvedBy planHash certificate plan { id linkedSystemId kind action legalBasis until state residue } steps { linkedSystemId state }
  tasks { id reason answers linkedSystemId planLineId mentionId openedAt } evidence { id linkedSystemId verb result at digest } } }`;
