import type { RecordRef } from '../kit/contract.ts';

/** Models of Tryton whose records Ficha holds. A record is named as Tryton names it anywhere: `party.party,12`. */
export type HeldModel = 'party.party' | 'marketing.email' | 'sale.sale' | 'account.invoice';

const models: readonly HeldModel[] = ['party.party', 'marketing.email', 'sale.sale', 'account.invoice'];

export interface Reference {
  readonly model: HeldModel;
  readonly id: number;
}

export const referenceTo = (model: HeldModel, id: number): string => `${model},${id}`;

/** The record that an external id names; the part after `/` of a consent shared by several parties says whose it is. */
export function readReference({ externalId }: Pick<RecordRef, 'externalId'>): Reference | undefined {
  const [, name, id] = /^([a-z.]+),(\d+)(?:\/.*)?$/.exec(externalId) ?? [];
  const model = models.find((known) => known === name);
  return model === undefined ? undefined : { model, id: Number(id) };
}
