import { createRequire } from 'node:module';
import { configDefaults, defineConfig } from 'vitest/config';

// the runs against real systems and the runs that kill processes have configurations of their own in their folders
export default defineConfig({
  // Node takes graphql's index.js, vite would take its index.mjs beside it: two classes of one name
  resolve: { alias: [{ find: /^graphql$/, replacement: createRequire(import.meta.url).resolve('graphql') }] },
  test: {
    include: ['**/*.test.ts'],
    exclude: [...configDefaults.exclude, '.ficha/**', 'test/e2e/**', 'test/chaos/**'],
    pool: 'forks',
    maxWorkers: 2,
    retry: 0,
    testTimeout: 90_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
    globalSetup: ['test/support/global-setup.ts'],
  },
});
