/** One measured figure; `peer` and `ratio` where something else was measured in the same run. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly peer: string | null;
  readonly ratio: number | null;
}

/** A figure of three significant digits. */
export const figure = (
  name: string,
  value: number,
  unit: string,
  peer: string | null = null,
  ratio: number | null = null,
): Figure => ({
  name,
  value: Number(value.toPrecision(3)),
  unit,
  peer,
  ratio,
});
