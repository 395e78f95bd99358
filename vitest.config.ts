import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          testTimeout: 30_000,
          include: ['{packages,services}/*/test/**/*.test.ts', 'tests/architecture.test.ts'],
          exclude: ['**/node_modules/**', 'services/simulator/**'],
        },
      },
      {
        test: {
          name: 'simulator',
          testTimeout: 30_000,
          include: ['services/simulator/test/**/*.test.ts'],
          isolate: false, // its parts keep no state of their own, and loading them for each file takes as long as the tests
        },
      },
      {
        test: {
          name: 'integration',
          include: ['tests/integration/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'containers',
          include: ['tests/containers/**/*.test.ts'],
          globalSetup: ['tests/containers/global-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 240_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
