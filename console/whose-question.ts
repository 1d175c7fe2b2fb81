import type { Ficha } from './client-question.ts';
import type { PrivacyRequest } from './request-question.ts';
import type { View } from './view.ts';

/** What the header of a page about a client needs. */
export type Whose = Pick<Ficha, 'id' | 'kind' | 'name' | 'company' | 'addresses' | 'emails'>;

export const whoseQuestion = `query Whose($id: ID!) { client(id: $id) { id kind name company { id name } emails
  addresses { street postcode city region country } } }`;

/** Whose request it is; undefined once they are erased, and while they are restricted or blocked. The look is logged. */
export const whoseIs = async (view: View, { clientId }: PrivacyRequest): Promise<Whose | undefined> =>
  (await view.ask<{ readonly client: Whose | null }>(whoseQuestion, { id: clientId })).client ?? undefined;
