import type { ManifestEntity } from '../../schemas/types.ts';

/** Whether a setting that the stream needs is not there, so that the stream is left out. */
export const isLeftOut = ({ needs = [] }: ManifestEntity, config: Readonly<Record<string, unknown>>): boolean =>
  needs.some((name) => config[name] === undefined || config[name] === '' || config[name] === false);
