/** What an account offers, by part, and the parts that its plan or rights do not. */
export interface Offered {
  readonly parts: Readonly<Record<string, readonly { readonly name: string; readonly label?: string; readonly type?: string }[]>>;
  readonly missing: readonly { readonly part: string; readonly code: string }[];
}

/** One line a field, list or topic. */
export const offeredLines = ({ parts, missing }: Offered): readonly string[] => [
  ...Object.entries(parts).flatMap(([part, items]) => [
    `${part}:`,
    ...items.map(({ name, label, type }) => `  ${[name, label, type].filter((one) => one !== undefined).join('  ')}`),
  ]),
  ...missing.map(({ part, code }) => `${part}: not offered to this account (${code})`),
];
