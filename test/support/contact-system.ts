import type {
  Capabilities,
  Channel,
  ConsentReading,
  LinkedSystem,
  RecordRef,
  SuppressResult,
} from '../../connectors/kit/contract.ts';
import { FichaError } from '../../domain/record/error.ts';

/** How a system that contacts people misbehaves. */
export interface ContactManners {
  /** Answers OK and changes nothing. */
  lies?: boolean;
  /** Changes, then the answer is lost: so many times. */
  losesAnswers?: number;
  /** Cannot be reached at all. */
  down?: boolean;
  /** Has lists for these purposes alone. */
  purposes?: readonly string[];
  /** Every call about this record fails. */
  poison?: string;
  /** Runs once the change is made and before the answer. */
  afterChange?: () => Promise<void>;
}

/** A linked system that contacts people: who may be contacted for what, and every write that took place. */
export class ContactSystem {
  /** Keys of `record channel purpose` that must not be contacted. */
  readonly denied = new Set<string>();
  readonly people = new Set<string>();
  readonly writes: string[] = [];
  readonly manners: ContactManners;
  readonly systemId: string;
  readonly channels: readonly Channel[];

  constructor(systemId: string, channels: readonly Channel[], people: readonly string[], manners: ContactManners = {}) {
    this.systemId = systemId;
    this.channels = channels;
    this.manners = manners;
    for (const person of people) this.people.add(person);
  }

  /** Whether it would contact this person now. */
  contacts(person: string, channel: Channel, purpose: string): boolean {
    return ![purpose, '*'].some((one) => this.denied.has(`${person} ${channel} ${one}`));
  }

  open(): LinkedSystem {
    const unused = (): never => {
      throw new FichaError('not-in-this-test', 'a contact system only contacts');
    };
    return {
      systemId: this.systemId,
      capabilities: this.capabilities(),
      check: () => Promise.resolve({ ok: true, problems: [] }),
      pull: unused,
      lookup: unused,
      readConsent: (ref) => this.read(ref),
      suppress: (ref, { channel, purpose }) => this.write(ref, channel, purpose, 'suppress'),
      unsuppress: (ref, { channel, purpose }) => this.write(ref, channel, purpose, 'unsuppress'),
      erase: unused,
      export: unused,
      verify: unused,
      close: () => Promise.resolve(),
    };
  }

  private capabilities(): Capabilities {
    const none = { incremental: false, lookup: false, erase: false, redact: false, export: false, verify: false };
    return { ...none, kinds: ['person'], streams: [], contacts: this.channels, suppress: true };
  }

  private reach({ externalId }: RecordRef): void {
    if (this.manners.down === true || this.manners.poison === externalId) {
      throw new FichaError('vendor-unreachable', 'no answer', { retry: 'later' });
    }
  }

  private async read(ref: RecordRef): Promise<readonly ConsentReading[]> {
    this.reach(ref);
    const purposes = this.manners.purposes ?? ['*', 'marketing', 'news'];
    return await Promise.resolve(
      this.channels.flatMap((channel) =>
        purposes.flatMap((purpose): ConsentReading[] => {
          const no = !this.contacts(ref.externalId, channel, purpose);
          return no || purpose !== '*' ? [{ channel, purpose, answer: no ? 'denied' : 'granted' }] : [];
        }),
      ),
    );
  }

  private async write(
    ref: RecordRef,
    channel: Channel,
    purpose: string,
    verb: 'suppress' | 'unsuppress',
  ): Promise<SuppressResult> {
    this.reach(ref);
    if (!this.people.has(ref.externalId)) return { result: 'absent' };
    if (this.manners.purposes?.includes(purpose) === false) return { result: 'already', code: 'no-list-for-purpose' };
    if (this.manners.lies === true) return { result: 'applied' };
    const key = `${ref.externalId} ${channel} ${purpose}`;
    this.writes.push(`${verb} ${key}`);
    if (verb === 'suppress') this.denied.add(key);
    else this.denied.delete(key);
    await this.manners.afterChange?.();
    if ((this.manners.losesAnswers ?? 0) > 0) {
      this.manners.losesAnswers = (this.manners.losesAnswers ?? 0) - 1;
      throw new FichaError('vendor-timeout', 'the answer was lost', { retry: 'later' });
    }
    return { result: 'applied' };
  }
}
