/** What one account offers: names, labels and types of fields, lists, topics. */
export interface Discovered {
  readonly parts: Readonly<
    Record<
      string,
      readonly { readonly name: string; readonly label?: string; readonly type?: string; readonly stream?: string }[]
    >
  >;
  /** Parts that this account or plan does not offer. */
  readonly missing: readonly { readonly part: string; readonly code: string }[];
}
