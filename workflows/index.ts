export { fulfilInSystem } from './fulfil-in-system.ts';
export { projectAnalytics } from './project-analytics.ts';
export { propagateConsent } from './propagate-consent.ts';
export { runPrivacyRequest } from './run-privacy-request.ts';
export { settleTombstoneHits } from './settle-tombstone-hits.ts';
