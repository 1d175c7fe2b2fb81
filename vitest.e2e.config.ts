import { defineConfig } from 'vitest/config';

// the main job on the real open systems: minutes, one file at a time
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 1,
    retry: 0,
    testTimeout: 600_000,
    hookTimeout: 900_000,
  },
});
