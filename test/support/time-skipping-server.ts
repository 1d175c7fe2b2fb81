import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { userCache } from '../../runtime/temporal-program.ts';
import type { Shared } from './shared.ts';

const version = '1.32.0';
const downloadMs = 20_000;

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>ficha</groupId><artifactId>time-skipping</artifactId><version>1</version><packaging>pom</packaging>
<dependencies><dependency><groupId>io.temporal</groupId><artifactId>temporal-test-server</artifactId>
<version>${version}</version></dependency></dependencies></project>`;

const launcher = `#!/bin/sh
exec java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx256m -cp "$(dirname "$0")/jars/*" io.temporal.testserver.TestServer "$@"
`;

/**
 * Finds the server that skips time, once for the run: kept from Maven before, the SDK's own download, or Maven's jar behind a launcher.
 * `path` is empty when the SDK has it by itself.
 */
export async function findTimeSkippingServer(): Promise<Shared> {
  const folder = join(userCache(), `temporal-test-server-${version}`);
  const path = join(folder, 'launch');
  if (!existsSync(path) && (await sdkHasIt())) return { facts: { path: '' }, stop: async () => {} };
  if (!existsSync(path)) fromMaven(folder);
  return { facts: { path }, stop: async () => {} };
}

async function sdkHasIt(): Promise<boolean> {
  const started = TestWorkflowEnvironment.createTimeSkipping();
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), downloadMs).unref());
  try {
    const environment = await Promise.race([started, late]);
    await environment?.teardown();
    return environment !== undefined;
  } catch {
    process.stderr.write('Time skipping: the ready-made server is out of reach here, asking Maven\n');
    return false;
  }
}

/** Made in a folder of its own and moved in place whole, so that two runs do not meet. */
function fromMaven(folder: string): void {
  mkdirSync(userCache(), { recursive: true });
  const part = mkdtempSync(join(userCache(), 'part-'));
  try {
    writeFileSync(join(part, 'pom.xml'), pom);
    writeFileSync(join(part, 'launch'), launcher, { mode: 0o755 });
    const copy = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
    const { status, error, stdout } = spawnSync('mvn', ['-q', '-B', copy, '-DoutputDirectory=jars', '-DincludeScope=runtime'], {
      cwd: part,
      encoding: 'utf8',
    });
    if (status !== 0) {
      throw new Error(
        `no server that skips time: the SDK's download is out of reach and Maven has not got it (${error?.message ?? stdout.slice(-500)}). ` +
          'Install Java 11 or newer and Maven',
      );
    }
    if (!existsSync(folder)) renameSync(part, folder);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}
