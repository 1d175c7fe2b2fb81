/** Only a full `complete` is green; what needs somebody is red. */
export const outcomeTone = (outcome: string | null): string =>
  outcome === 'complete' ? 'good' : outcome === 'needs-attention' ? 'alarm' : 'waiting';
