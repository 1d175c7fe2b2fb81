import { parentPort } from 'node:worker_threads';
import { type HeldFileBytes, textOf } from './text-of.ts';

// one file at a time: whoever asks waits for the answer
parentPort?.on('message', (file: HeldFileBytes) => {
  textOf(file).then(
    (text) => parentPort?.postMessage({ text }),
    () => parentPort?.postMessage({}), // what a reader chokes on cannot be read
  );
});
