import type { Call, Send } from './hooks.ts';

/** The call without whom it is about: as the manifest has it, or its method alone. */
const templateOf = ({ method, template, statement }: Call): string =>
  statement === undefined ? `${method} ${template ?? ''}`.trim() : statement.parts.join('?').replaceAll(/\s+/g, ' ').trim();

/** Notes which calls are made, for evidence. `asked` tells those since it was last asked, each once, in order. */
export function notingCalls(send: Send): { readonly send: Send; readonly asked: () => readonly string[] } {
  const made = new Set<string>();
  return {
    send: (call) => {
      made.add(templateOf(call));
      return send(call);
    },
    asked: () => {
      const all = [...made];
      made.clear();
      return all;
    },
  };
}
