import { defineConfig } from 'vitest/config';
import every from './vitest.config.ts';

// the attacks at full size: three years of months, some minutes; `npm test` runs them on one year
export default defineConfig({
  ...every,
  test: {
    ...every.test,
    include: ['test/attack/**/*.test.ts'],
    env: { FICHA_ATTACK: 'large' },
    testTimeout: 3_600_000,
    hookTimeout: 3_600_000,
  },
});
