import { expect, test, vi } from 'vitest';
import { collectStops } from './stops.ts';

test('what was started last stops first, once, and one that fails keeps no other running', async () => {
  const stopped: string[] = [];
  const stops = collectStops();
  for (const name of ['database', 'worker', 'server']) {
    stops.add(async () => {
      stopped.push(name);
      if (name === 'worker') throw new Error('the worker does not want to');
    });
  }
  await expect(stops.stop()).rejects.toThrow('the worker does not want to');
  await stops.stop();
  expect(stopped).toEqual(['server', 'worker', 'database']);
});

test('what begins while the rest is being stopped is stopped too', async () => {
  const stops = collectStops();
  await stops.stop();
  const late = vi.fn(async () => undefined);
  stops.add(late);
  expect(late).toHaveBeenCalledOnce();
});
