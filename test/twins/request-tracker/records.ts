export const profileFields = [
  'Name EmailAddress RealName NickName Organization HomePhone WorkPhone MobilePhone PagerPhone Address1 Address2 City State Zip',
  'Country Comments Signature FreeformContactInfo Gecos Lang Timezone',
].flatMap((part) => part.split(' '));

export interface RtUser {
  readonly id: number;
  readonly profile: Map<string, string>;
  readonly created: Date;
  lastUpdated: Date;
  disabled: boolean;
  privileged: boolean;
  /** Values of each custom field applied to users. */
  readonly customFields: Map<string, string[]>;
}

export interface RtTransaction {
  readonly id: number;
  readonly on: 'user' | 'ticket';
  readonly objectId: number;
  readonly type: string;
  readonly field: string;
  readonly oldValue: string;
  readonly newValue: string;
  readonly created: Date;
}

export interface RtAttachment {
  readonly id: number;
  readonly ticketId: number;
  readonly transactionId: number;
  readonly subject: string;
  readonly headers: string;
  readonly content: string;
}

export interface RtTicket {
  readonly id: number;
  readonly subject: string;
  status: string;
  readonly created: Date;
  lastUpdated: Date;
  readonly requestorIds: readonly number[];
  readonly ccIds: readonly number[];
}

/** A requestor that the twin starts with. */
export interface RtSeed {
  readonly name: string;
  readonly email: string;
  readonly phone?: string | undefined;
  readonly tickets: readonly { readonly subject: string; readonly text: string; readonly open: boolean }[];
}
