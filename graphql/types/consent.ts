import { builder } from '../builder.ts';
import { type Told, told } from '../read-clients.ts';

export const ConsentAnswerType = builder.objectRef<Told>('ConsentAnswer').implement({
  description: 'What holds for one purpose on one channel, and the proof of what decided it.',
  fields: (t) => ({
    purpose: t.string({ resolve: told }),
    channel: t.string({ resolve: told }),
    answer: t.string({ description: 'granted, denied or pending', resolve: told }),
    at: t.string({ description: 'When it was said, ISO 8601 UTC', resolve: told }),
    linkedSystemId: t.string({ nullable: true, description: 'Where it was said', resolve: told }),
    how: t.string({ nullable: true, description: 'Form, one-click unsubscribe, telephone, import', resolve: told }),
    textVersion: t.string({ nullable: true, description: 'Which text the person saw', resolve: told }),
    evidence: t.string({ nullable: true, description: 'Reference to the proof, as the system names it', resolve: told }),
  }),
});

export const ConsentEventType = builder.objectRef<Told>('ConsentEvent').implement({
  description: 'One thing that the person said.',
  fields: (t) => ({
    id: t.id({ resolve: told }),
    purpose: t.string({ resolve: told }),
    channel: t.string({ resolve: told }),
    answer: t.string({ description: 'granted, denied or pending', resolve: told }),
    at: t.string({ description: 'Event time, ISO 8601 UTC', resolve: told }),
    atKnown: t.boolean({ description: 'False: a state that was found; `at` is when Ficha first saw it', resolve: told }),
    receivedAt: t.string({ description: 'When Ficha heard of it, ISO 8601 UTC', resolve: told }),
    linkedSystemId: t.string({ nullable: true, resolve: told }),
    legalBasis: t.string({ resolve: told }),
    how: t.string({ nullable: true, resolve: told }),
    textVersion: t.string({ nullable: true, resolve: told }),
    language: t.string({ nullable: true, description: 'ISO 639-1', resolve: told }),
    evidence: t.string({ nullable: true, resolve: told }),
  }),
});

export const SuppressionType = builder.objectRef<Told>('Suppression').implement({
  description: 'Do not contact, in one linked system, and whether that system confirmed it when read back.',
  fields: (t) => ({
    purpose: t.string({ resolve: told }),
    channel: t.string({ resolve: told }),
    linkedSystemId: t.string({ resolve: told }),
    since: t.string({ description: 'ISO 8601 UTC', resolve: told }),
    state: t.string({ description: 'due, applied, refused, unsupported, absent or failed', resolve: told }),
    readBackAt: t.string({ nullable: true, description: 'ISO 8601 UTC', resolve: told }),
  }),
});
