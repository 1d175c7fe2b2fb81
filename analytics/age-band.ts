import type { MetricDimension } from '../schemas/types.ts';

/**
 * The band of the dimension that a birth date falls into today, as `25-34` or `65-plus`; null without a date, or where no band is.
 * @param birthDate YYYY-MM-DD
 */
export function ageBand(birthDate: string | null, today: Date, dimension: MetricDimension | undefined): string | null {
  if (birthDate === null || !/^\d{4}-\d\d-\d\d$/.test(birthDate)) return null;
  const date = today.toISOString().slice(0, 10);
  const age = Number(date.slice(0, 4)) - Number(birthDate.slice(0, 4)) - (date.slice(5) < birthDate.slice(5) ? 1 : 0);
  return (
    dimension?.values.find((band) => {
      const [from = '', to = ''] = band.split('-');
      return age >= Number(from) && (to === 'plus' || age <= Number(to));
    }) ?? null
  );
}
