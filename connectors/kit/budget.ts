/** One window or number of places of a budget, as a manifest's `limits` say with the settings filled in. */
export interface BudgetRule {
  /** Tells the rules of one system apart. */
  readonly name: string;
  readonly most: number;
  /** Length of the window; undefined for calls at once. */
  readonly windowMs?: number;
}

/** The shared rate budget of one linked system. */
export interface Budget {
  /**
   * Asks for one start that costs so much of each rule (in the order of the rules; 0 is free).
   * @returns the place that was given, or how long to wait before asking again
   */
  ask(costs: readonly number[]): Promise<{ readonly lease: string; readonly usableMs: number } | { readonly waitMs: number }>;
  /** Gives back the place of a lease in the rules without a window. */
  release(lease: string): Promise<void>;
  /** Nobody starts for so long: the system asked for it. */
  pause(ms: number): Promise<void>;
}

/** `leaseMs`: after so long a place that was never given back is free again (its worker died). */
export type BudgetSource = (systemId: string, rules: readonly BudgetRule[], leaseMs: number) => Budget;
