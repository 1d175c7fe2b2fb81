import type { ConsentAnswerRow, SuppressionRow } from '../../store/read/consent.ts';
import { builder } from '../builder.ts';

export const ConsentAnswerType = builder.objectRef<ConsentAnswerRow>('ConsentAnswer').implement({
  description: 'What the person said last for one purpose on one channel.',
  fields: (t) => ({
    purpose: t.exposeString('purpose'),
    channel: t.exposeString('channel'),
    answer: t.exposeString('answer', { description: 'granted, denied or pending' }),
    at: t.exposeString('at', { description: 'When it was said, ISO 8601 UTC' }),
    linkedSystemId: t.exposeString('linkedSystemId', { nullable: true, description: 'Where it was said' }),
  }),
});

export const SuppressionType = builder.objectRef<SuppressionRow>('Suppression').implement({
  description: 'Do not contact, in one linked system, and whether that system confirmed it when read back.',
  fields: (t) => ({
    purpose: t.exposeString('purpose'),
    channel: t.exposeString('channel'),
    linkedSystemId: t.exposeString('linkedSystemId'),
    since: t.exposeString('since'),
    state: t.exposeString('state', { description: 'due, applied, refused, unsupported, absent or failed' }),
    readBackAt: t.exposeString('readBackAt', { nullable: true }),
  }),
});
