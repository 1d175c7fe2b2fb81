import { defineConfig } from 'vitest/config';
import every from './vitest.config.ts';

// the main job on the real open systems: minutes, one file at a time
export default defineConfig({
  ...every,
  test: {
    ...every.test,
    include: ['test/e2e/**/*.test.ts'],
    exclude: ['node_modules/**'],
    maxWorkers: 1,
    testTimeout: 600_000,
    hookTimeout: 900_000,
  },
});
