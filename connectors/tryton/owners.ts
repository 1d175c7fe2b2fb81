import type { TrytonSession } from './session.ts';

/** Which parties carry an e-mail address, compared without case: Tryton's marketing addresses know no party. */
export class EmailOwners {
  readonly #owners: ReadonlyMap<string, readonly number[]>;

  private constructor(owners: ReadonlyMap<string, readonly number[]>) {
    this.#owners = owners;
  }

  /** Reads every e-mail address of every party; erased ones have none. */
  static async load(session: TrytonSession): Promise<EmailOwners> {
    const domain = [
      ['type', '=', 'email'],
      ['value', '!=', null],
    ];
    const owners = new Map<string, number[]>();
    for (const { value, party } of await session.all('party.contact_mechanism', domain, ['value', 'party'])) {
      const email = String(value).trim().toLowerCase();
      const held = owners.get(email) ?? [];
      if (!held.includes(Number(party))) owners.set(email, [...held, Number(party)]);
    }
    return new EmailOwners(owners);
  }

  of(email: unknown): readonly number[] {
    return this.#owners.get(String(email).toLowerCase()) ?? [];
  }
}
