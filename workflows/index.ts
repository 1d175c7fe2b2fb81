export { fulfilInSystem } from './fulfil-in-system.ts';
export { projectAnalytics } from './project-analytics.ts';
export { propagateConsent } from './propagate-consent.ts';
export { resolveRecords } from './resolve-records.ts';
export { runPrivacyRequest } from './run-privacy-request.ts';
export { settleTombstoneHits } from './settle-tombstone-hits.ts';
export { syncSystem } from './sync-system.ts';
