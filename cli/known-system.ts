import { CommandFailed } from './connection.ts';

/** @throws CommandFailed `unknown-system` for an id that no linked system has */
export function refuseUnknown(id: string | undefined, linked: readonly { readonly id: string }[]): void {
  if (id === undefined || linked.some((one) => one.id === id)) return;
  throw new CommandFailed(`unknown-system: no linked system is called "${id}"; \`ficha system list\` shows those there are`);
}
