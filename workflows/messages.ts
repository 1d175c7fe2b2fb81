/** Names shared by those who start workflows and the workflows themselves. Plain data: no SDK import, no personal data. */

export const taskQueue = 'ficha';

/** Of what waits and looks, for hours: it takes no place from work. */
export const watchQueue = 'ficha-watch';

export interface SystemRef {
  readonly systemId: string;
}

export interface SyncOrder extends SystemRef {
  /** `replay`: only what is kept aside, from what is kept of it. */
  readonly mode: 'full' | 'incremental' | 'replay';
}

export interface RequestRef {
  readonly requestId: string;
}

export type Decision =
  | { readonly kind: 'approved'; readonly by: string; readonly planHash: string }
  | { readonly kind: 'refused'; readonly by: string; readonly reason: string }
  | { readonly kind: 'cancelled'; readonly by: string };

/** The DPO's answer to a plan. The first decision stands. */
export const decideSignal = 'decide';

/** Tells a waiting request that a person settled what stopped it: a question answered, a manual task done, a system repaired. */
export const lookAgainSignal = 'look-again';

/** Tells the workflow that carries out decisions on clients that there is another one. */
export const identityChangedSignal = 'identity-changed';

/** Tells the workflow that works in the webhooks of a system that more came. */
export const webhooksCameSignal = 'webhooks-came';

/** Where a request is, as its workflow sees it. */
export const progressQuery = 'progress';

export type Progress =
  | 'locating'
  | 'waiting-for-approval'
  | 'deciding'
  | 'acting'
  | 'waiting-for-person'
  | 'waiting-for-purge'
  | 'over';

/** Workflow ids are made of opaque ids only. */
export const workflowIdOf = {
  sync: (systemId: string): string => `sync-${systemId}`,
  request: (requestId: string): string => `request-${requestId}`,
  analytics: (work: string): string => `analytics-${work}`,
  identity: (): string => 'identity',
  watch: (systemId: string): string => `watch-${systemId}`,
  webhooks: (systemId: string): string => `webhooks-${systemId}`,
} as const;

const REQUEST_WORKFLOW = /^request-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\/|$)/;

/** The request that a workflow or a child of it carries; undefined when it carries none. */
export const requestOfWorkflow = (workflowId: string): string | undefined => REQUEST_WORKFLOW.exec(workflowId)?.[1];
