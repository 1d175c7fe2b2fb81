import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { loadConnectors, manifestIn, ours } from '../../connectors/kit/registry.ts';
import { consentCases } from './cases/consent.ts';
import { contractCases } from './cases/contract.ts';
import { eraseCases } from './cases/erase.ts';
import { faultCases } from './cases/faults.ts';
import { pullCases } from './cases/pull.ts';
import { Scene } from './scene.ts';
import type { Stage } from './stage.ts';

const cases = [...contractCases, ...pullCases, ...faultCases, ...consentCases, ...eraseCases].sort(
  (one, other) => one.number - other.number,
);
const results = fileURLToPath(new URL('../../docs/connectors/results/', import.meta.url));

const outcomeText = (outcomes: ReadonlyMap<string, string>): string =>
  `${JSON.stringify(Object.fromEntries(outcomes), null, 2)}\n`;

interface Where {
  /** The folder where a user keeps it; Ficha's own connectors when left out. */
  readonly own?: string;
  /** A real system, in words: its run is no part of the published table, which is of twins. */
  readonly on?: string;
}

/**
 * The acceptance suite for one connector: every case that its declared capabilities ask for, each on a fresh twin and judged by what the
 * twin then holds. Writes docs/connectors/results/<name>.json when FICHA_WRITE_RESULTS is set, else compares with it.
 */
export function describeConnector(name: string, startStage: () => Promise<Stage>, { own, on }: Where = {}): void {
  describe(`the connector ${name}${on === undefined ? '' : ` on ${on}`}`, () => {
    const stages: Stage[] = [];
    const outcomes = new Map<string, string>();
    const loaded = loadConnectors(own);
    afterEach(async () => {
      await Promise.all(stages.splice(0).map(({ twin }) => twin.stop()));
    });
    for (const { number, title, applies, run, timeoutMs = 30_000 } of cases) {
      test(
        `${number}. ${title}`,
        async () => {
          outcomes.set(`${number}. ${title}`, 'failed');
          const connector = (await loaded).get(name);
          if (connector === undefined) throw new Error(`connectors/${name} is not there`);
          const stage = await startStage();
          stages.push(stage);
          const scene = new Scene(connector, manifestIn(own ?? ours, name, 'connectors'), stage);
          if (!applies(scene)) {
            outcomes.set(`${number}. ${title}`, 'not declared');
            return;
          }
          await run(scene);
          expect(scene.wire?.violations ?? []).toEqual([]);
          expect(scene.wire?.stolen ?? []).toEqual([]);
          outcomes.set(`${number}. ${title}`, 'passed');
        },
        timeoutMs,
      );
    }
    afterAll(() => {
      if (on !== undefined || outcomes.size < cases.length) return; // only some cases were asked for
      const file = `${results}${name}.json`;
      if (process.env['FICHA_WRITE_RESULTS'] !== undefined) {
        mkdirSync(results, { recursive: true });
        writeFileSync(file, outcomeText(outcomes));
        return;
      }
      const published = existsSync(file) ? readFileSync(file, 'utf8') : '';
      const way = `docs/connectors/results/${name}.json is not what this run found: run \`ficha connector test ${name}\` and commit it`;
      expect(published, way).toBe(outcomeText(outcomes));
    });
  });
}
