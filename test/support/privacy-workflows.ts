/** The workflows of privacy requests alone, as the worker of a test loads them. */
export { fulfilInSystem } from '../../workflows/fulfil-in-system.ts';
export { keepPrivacyPromises } from '../../workflows/keep-privacy-promises.ts';
export { propagateConsent } from '../../workflows/propagate-consent.ts';
export { runPrivacyRequest } from '../../workflows/run-privacy-request.ts';
export { settleTombstoneHits } from '../../workflows/settle-tombstone-hits.ts';
