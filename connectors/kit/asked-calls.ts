import type { Call, Send } from './hooks.ts';

/** The call without whom it is about: as the manifest has it, or its method alone. */
const templateOf = ({ method, template, statement }: Call): string =>
  statement === undefined ? `${method} ${template ?? ''}`.trim() : statement.parts.join('?').replaceAll(/\s+/g, ' ').trim();

/**
 * Notes which calls are made, for evidence. `asked` tells those since it was last asked, each once, in order; before the first of them, at
 * which server: the settings of a linked system may change later, what was read stays proven of where it was read.
 */
export function notingCalls(send: Send, host?: string): { readonly send: Send; readonly asked: () => readonly string[] } {
  const made = new Set<string>();
  return {
    send: (call) => {
      made.add(templateOf(call));
      return send(call);
    },
    asked: () => {
      const [first, ...others] = made;
      made.clear();
      return first === undefined ? [] : [host === undefined ? first : `${host}: ${first}`, ...others];
    },
  };
}
