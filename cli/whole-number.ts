import { InvalidArgumentError } from 'commander';

/**
 * Reads a whole number that an option takes.
 * @throws InvalidArgumentError which commander shows with the option's name
 */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It takes a whole number from ${least} to ${most}.`);
  };
