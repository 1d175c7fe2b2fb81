import { defineConfig } from 'vitest/config';

// the attacks at full size: three years of months, some minutes; `npm test` runs them on one year
export default defineConfig({
  test: {
    include: ['test/attack/**/*.test.ts'],
    env: { FICHA_ATTACK: 'large' },
    pool: 'forks',
    testTimeout: 3_600_000,
    hookTimeout: 3_600_000,
    globalSetup: ['test/support/global-setup.ts'],
  },
});
