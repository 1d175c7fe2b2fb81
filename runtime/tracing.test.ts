import { Writable } from 'node:stream';
import { trace } from '@opentelemetry/api';
import { expect, onTestFinished, test } from 'vitest';
import { FichaError } from '../domain/record/error.ts';
import { createLog } from '../platform/log.ts';
import { loadSettings } from '../platform/settings.ts';
import { traced } from '../platform/traces.ts';
import { startCollector } from '../test/support/trace-collector.ts';
import { startTracing } from './tracing.ts';

const logTo = (lines: string[]) =>
  createLog(
    {},
    new Writable({
      write: (chunk, _encoding, done) => {
        lines.push(String(chunk));
        done();
      },
    }),
  );

const settingsFor = (url: string) => {
  const { traces } = loadSettings({ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a=b' });
  if (traces === undefined) throw new Error('an endpoint turns traces on');
  return traces;
};

const stray = 'ana.nunez@quintana.example';

test('what strays into a span does not leave: no other attribute, no event, no message', async () => {
  const collector = await startCollector();
  onTestFinished(() => collector.stop());
  expect(settingsFor(collector.url).headers).toEqual({ 'x-key': 'a=b' });
  const tracing = await startTracing(settingsFor(collector.url), logTo([]));
  const work = traced({ name: 'call GET /people/{id}', kind: 'client' }, { 'ficha.system': 'crm' }, async (tell) => {
    tell({ 'http.response.status_code': 200 });
    trace.getActiveSpan()?.setAttribute('person', stray).addEvent(stray, { stray }).recordException(new Error(stray));
    throw new FichaError('answer-too-large', stray);
  });
  await expect(work).rejects.toThrow('answer-too-large');
  await tracing.stop();
  expect(collector.spans()).toEqual([
    {
      name: 'call GET /people/{id}',
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
      attributes: { 'ficha.system': 'crm', 'http.response.status_code': 200, 'error.type': 'answer-too-large' },
    },
  ]);
  expect(collector.bytes().toString()).not.toContain(stray);
});

test('without a collector nothing is made; one that is gone is told to the log and disturbs nothing', async () => {
  expect(loadSettings({}).traces).toBeUndefined();
  expect(await traced({ name: 'work' }, {}, async () => trace.getActiveSpan()?.isRecording())).not.toBe(true);
  const collector = await startCollector();
  await collector.stop();
  const lines: string[] = [];
  const tracing = await startTracing(settingsFor(collector.url), logTo(lines));
  expect(await traced({ name: 'work' }, {}, async () => 'done')).toBe('done');
  await tracing.stop();
  expect(lines.join('')).toContain('traces could not be sent');
});
