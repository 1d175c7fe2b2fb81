/** Independent uniform numbers, whatever they come from: a key stream in production, a seed in tests. */
export interface Uniform {
  /** A whole number of 0 <= n < bound, each with the same probability. @param bound >= 1n */
  below(bound: bigint): bigint;
}

/** One with the probability exp(-numerator/denominator), for 0 <= numerator <= denominator. Algorithm 1 of the source below. */
function bernoulliOfSmallExp(uniform: Uniform, numerator: bigint, denominator: bigint): boolean {
  let step = 1n;
  while (uniform.below(denominator * step) < numerator) step += 1n;
  return step % 2n === 1n;
}

/**
 * A sample of the discrete Laplace law P(x) ~ exp(-|x| * divisor / scale), drawn exactly: whole numbers only, no logarithm and no
 * floating point whose rounding could tell the secret.
 * @param scale numerator of the scale b = scale/divisor, >= 1n
 * @param divisor >= 1n
 * @returns in about ten draws of `uniform`
 * @see Canonne, Kamath, Steinke, The Discrete Gaussian for Differential Privacy (2020), algorithm 2, https://arxiv.org/abs/2004.00010
 */
export function discreteLaplace(uniform: Uniform, scale: bigint, divisor: bigint): bigint {
  for (;;) {
    const rest = uniform.below(scale);
    if (!bernoulliOfSmallExp(uniform, rest, scale)) continue;
    let whole = 0n;
    while (bernoulliOfSmallExp(uniform, 1n, 1n)) whole += 1n;
    const size = (rest + scale * whole) / divisor;
    const negative = uniform.below(2n) === 1n;
    if (negative && size === 0n) continue;
    return negative ? -size : size;
  }
}

/** Half the width of the interval in which `share` of all samples lie, for a sum of samples whose scales b have this root of the sum of squares. */
export const halfWidth = (scale: number, share = 0.95): number => scale * Math.log(1 / (1 - share));
