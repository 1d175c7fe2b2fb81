import { FichaError } from '../../../domain/record/error.ts';
import type { HandedPackage } from '../contract.ts';
import { callOf } from '../request-step.ts';
import type { Opened } from './read-record.ts';

/** Hands a package over by the vendor's own call. @throws FichaError with what the vendor refused, or `outcome-unknown` */
export async function takePackage({ manifest, context }: Opened, handed: HandedPackage): Promise<{ readonly status: number }> {
  const { take } = manifest;
  const missing = (take?.needs ?? []).filter((name) => context.config[name] === undefined);
  if (take === undefined || missing.length > 0)
    throw new FichaError('verb-unsupported', `${context.systemId} takes no packages: set ${missing.join(', ')} in its settings`);
  const { status } = await context.send(callOf(take, { config: context.config, handed }));
  return { status };
}
