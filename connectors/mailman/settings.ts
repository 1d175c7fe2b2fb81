/** One list that Ficha follows, and what it means for consent. */
export interface FollowedList {
  /** Mailman's list id: `news.example.test`. */
  readonly id: string;
  /** Why its members are written to: newsletter, marketing... */
  readonly purpose: string;
  /** Members subscribed themselves and confirmed it, so that being a member is consent. */
  readonly optIn: boolean;
}

/** Settings of one linked Mailman, valid against the manifest. */
export interface MailmanSettings {
  readonly lists: readonly FollowedList[];
  /** Whether a ban outlives an erasure, to honour the objection it stands for. */
  readonly bansOnErase: 'keep' | 'lift';
  /** `ban` also keeps the address from being subscribed again, by anyone, its owner included. */
  readonly suppressWith: 'delivery-status' | 'ban';
}

/** The settings with what is left out filled in. */
export function mailmanSettings(config: Readonly<Record<string, unknown>>): MailmanSettings {
  const lists = config.lists as readonly { readonly id: string; readonly purpose?: string; readonly optIn?: boolean }[]; // valid against the manifest's schema
  return {
    lists: lists.map(({ id, purpose, optIn }) => ({ id, purpose: purpose ?? 'marketing', optIn: optIn ?? false })),
    bansOnErase: config.bansOnErase === 'lift' ? 'lift' : 'keep',
    suppressWith: config.suppressWith === 'ban' ? 'ban' : 'delivery-status',
  };
}

/** The purposes of the followed lists, each once. */
export const purposesOf = ({ lists }: MailmanSettings): readonly string[] => [...new Set(lists.map(({ purpose }) => purpose))];

/** The lists that serve a purpose; `*` is every purpose. */
export const listsFor = ({ lists }: MailmanSettings, purpose: string): readonly FollowedList[] =>
  lists.filter((list) => purpose === '*' || list.purpose === purpose);
